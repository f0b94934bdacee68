@testable internal import FlotillaProxy

/// What must hold for any bytes a client may send.
enum RequestProperties {
    /// What does not hold; nil when all does.
    static func violation(_ bytes: [UInt8], cuts: [Int]) -> String? {
        var reader = WireReader()
        reader.feed(bytes[...])
        let whole = reader.transcript
        let cut = WireReader.read(bytes, cuts: cuts)
        if cut != whole { return "cut at \(cuts): \(cut)\nwhole: \(whole)" }
        let single = WireReader.read(bytes, cuts: 1..<max(1, bytes.count))
        if single != whole { return "byte by byte: \(single)\nwhole: \(whole)" }
        for (message, head) in zip(whole.messages, reader.heads) {
            if let objection = PlainReading(head).objection(framing: message.framing) {
                return "read plainly, \(message.head): \(objection)"
            }
            if let objection = rewriting(head, message) { return "\(message.head): \(objection)" }
        }
        return nil
    }

    /// A head that was written on is accepted, means the same, and is written on in the same way.
    private static func rewriting(_ head: [UInt8], _ message: WireTranscript.Message) -> String? {
        // What it grew by when it was written must not count against it.
        let limits = WireLimits(headBytesMax: 8_192, lineBytesMax: 1_024, fieldsMax: 100, bodyBytesMax: 65_536)
        var parser = RequestHeadParser(limits: limits)
        var rewrite = RequestRewrite()
        rewrite.via = []
        rewrite.trustsForwarded = true
        rewrite.passesExpectation = true
        rewrite.passesUpgrade = true
        let bytes = head + [13, 10]
        var progress = bytes.withUnsafeBytes { parser.parse($0) }
        guard progress == .head(consumed: bytes.count) else { return "not accepted again: \(progress)" }
        let method = bytes.withUnsafeBytes { parser.head.methodName.text(of: $0) }
        guard message.head.hasPrefix(method + " ") else { return "another method: \(method)" }
        guard "\(parser.head.framing)".filter({ $0 != "(" && $0 != ")" }) == message.framing.filter({ $0 != " " })
        else { return "another framing: \(parser.head.framing)" }
        // The first time fields change places or are added, the second time nothing may move any more.
        let second = written(bytes, parser, rewrite)
        progress = second.withUnsafeBytes { parser.parse($0) }
        guard progress == .head(consumed: second.count) else { return "not accepted a third time: \(progress)" }
        let third = written(second, parser, rewrite)
        progress = third.withUnsafeBytes { parser.parse($0) }
        guard progress == .head(consumed: third.count) else { return "not accepted a fourth time: \(progress)" }
        guard written(third, parser, rewrite) == third else { return "written differently a fourth time" }
        return nil
    }

    private static func written(
        _ bytes: [UInt8], _ parser: borrowing RequestHeadParser, _ rewrite: RequestRewrite
    ) -> [UInt8] {
        var out = WireBuffer()
        bytes.withUnsafeBytes { parser.head.write(to: &out, from: $0, rewrite) }
        out.endHead()
        return Array(out.readable)
    }
}
