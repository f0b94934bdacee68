internal import FlotillaCore
@testable internal import FlotillaGateway
internal import Testing

@Suite("Dates of HTTP (RFC 9110, section 5.6.7)") struct HTTPDateReaderTests {
    private static let now: Int64 = 1_767_225_600  // 2026

    @Test(
        "all three forms",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Thu, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Wednesday, 01-Jan-75 00:00:00 GMT", 3_313_526_400),
            ("Saturday, 01-Jan-77 00:00:00 GMT", 220_924_800),
        ])
    func forms(text: String, seconds: Int64) { #expect(HTTPDateReader.seconds(text, now: Self.now) == seconds) }

    @Test(
        "what is no date",
        arguments: [
            "", "0", "-1", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:-1 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        ])
    func none(text: String) { #expect(HTTPDateReader.seconds(text, now: Self.now) == nil) }

    @Test("what is written is read again, over five centuries")
    func roundTrip() {
        let random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let seconds = Int64(random.next() % 16_000_000_000)
            #expect(HTTPDateReader.seconds(HTTPDates.text(seconds), now: Self.now) == seconds)
        }
    }
}
