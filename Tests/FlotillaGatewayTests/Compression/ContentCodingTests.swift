@testable internal import FlotillaGateway
internal import FlotillaTesting
internal import Testing

@Suite("Which coding a client gets (RFC 9110, section 12.5.3)") struct ContentCodingTests {
    @Test(
        "by what it says",
        arguments: [
            (nil, nil), ("", nil), ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("br", .br), ("deflate", nil),
            ("gzip, br", .br), ("br;q=0.5, gzip", .gzip), ("br;q=0.5,gzip;q=0.5", .br), ("gzip;q=0", nil),
            ("gzip;q=0.000", nil), ("gzip;q=0.001", .gzip), ("gzip ; q=1.0", .gzip), ("*", .br), ("*;q=0", nil),
            ("br;q=0, *", .gzip), ("gzip, *;q=0", .gzip), ("identity", nil), ("identity, gzip", .gzip),
            ("identity, gzip;q=0.5", nil), ("identity;q=0.5, gzip;q=0.4", nil), ("identity;q=0, gzip;q=0.1", .gzip),
            ("identity;q=0", nil), ("gzip;q=2", nil), ("gzip;q=0.1234", nil), ("gzip;q=x", nil), ("gzip;q=", nil),
            ("gzip;Q=0.5", .gzip), (",,gzip,,", .gzip), ("gz ip", nil), (" gzip\t", .gzip),
            ("gzip, deflate, br, zstd", .br),
        ] as [(String?, ContentCoding?)])
    func choice(accepted: String?, coding: ContentCoding?) {
        #expect(ContentCoding.choose(accepted, among: [.br, .gzip]) == coding)
    }

    @Test("whatever it says, the answer is one of ours, or none")
    func fuzz() async {
        let corpus = FuzzCorpus(
            ["gzip;q=0.5, br;q=1, *;q=0", "identity;q=0.1,gzip"].map { Array($0.utf8) },
            pieces: [";q=", "0.5", "*", ",", ";", "=", "\u{FF}", "\u{0}", "br", "identity;q=0"])
        await Fuzzing.run(inputs: 2_000) { seed in
            let text = String(decoding: FuzzInput(seed: seed, corpus: corpus).bytes(), as: UTF8.self)
            let coding = ContentCoding.choose(text, among: [.gzip])
            if coding == .br { return "br was not offered: \(text)" }
            let lower = text.lowercased()
            if coding == .gzip, !lower.contains("gzip"), !lower.contains("*") { return "nobody asked: \(text)" }
            return nil
        }
    }
}
