internal import FlotillaCore
internal import Testing

@Suite struct TimestampTests {
    @Test("a time reads back from its text, whatever the day", arguments: [
        Int64(0), 951_782_400_123_000, 1_767_225_600_000_000, 1_795_000_000_999_000, 253_402_300_799_999_000,
    ])
    func roundTrip(microseconds: Int64) throws {
        let time = Timestamp(microseconds: microseconds)
        #expect(Timestamp(time.description) == time)
    }

    @Test func knownDatesPrintAsExpected() {
        #expect(Timestamp(seconds: 951_782_400).description == "2000-02-29T00:00:00.000Z")
        #expect(Timestamp(seconds: 1_767_225_600).description == "2026-01-01T00:00:00.000Z")
    }

    @Test("an offset is taken into account")
    func offset() {
        #expect(Timestamp("2026-01-01T02:30:00+02:30") == Timestamp("2026-01-01T00:00:00Z"))
        #expect(Timestamp("2026-01-01T00:00:00.5Z")?.microseconds == 1_767_225_600_500_000)
    }

    @Test("text that is no time is refused", arguments: [
        "", "2026", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "1969-12-31T23:59:59Z", "２026-01-01T00:00:00Z",
    ])
    func refused(text: String) { #expect(Timestamp(text) == nil) }
}
