@testable internal import FlotillaProxy

/// What must hold for any bytes an upstream may send.
enum ResponseProperties {
    /// What the bytes say, however they are cut: outcome, framing and head written on for the client.
    static func outcome(_ bytes: [UInt8], to method: RequestMethod, cuts: some Sequence<Int> = []) -> String {
        var parser = ResponseHeadParser(limits: WireReader.limits)
        for cut in cuts {
            let progress = bytes.prefix(cut).withUnsafeBytes { parser.parse($0, to: method) }
            if progress != .incomplete { return describe(progress, parser, bytes, method) }
        }
        return describe(bytes.withUnsafeBytes { parser.parse($0, to: method) }, parser, bytes, method)
    }

    /// What does not hold; nil when all does.
    static func violation(_ bytes: [UInt8], to method: RequestMethod, cuts: [Int]) -> String? {
        let whole = outcome(bytes, to: method)
        let cut = outcome(bytes, to: method, cuts: cuts)
        if cut != whole { return "cut at \(cuts): \(cut)\nwhole: \(whole)" }
        let single = outcome(bytes, to: method, cuts: 1..<max(1, bytes.count))
        return single == whole ? nil : "byte by byte: \(single)\nwhole: \(whole)"
    }

    private static func describe(
        _ progress: HeadProgress, _ parser: ResponseHeadParser, _ bytes: [UInt8], _ method: RequestMethod
    ) -> String {
        guard case .head = progress else { return "\(progress)" }
        let written = written(parser.head, bytes, method)
        var again = ResponseHeadParser(limits: WireLimits())
        let second = written.withUnsafeBytes { again.parse($0, to: method) }
        guard second == .head(consumed: written.count), again.head.status == parser.head.status else {
            return "what was written is not accepted: \(second)"
        }
        let reading = PlainReading(Array(written.dropLast(2)))
        guard reading.isWellFormed else { return "what was written is not well-formed" }
        let framings = reading.values(of: "content-length").count + reading.values(of: "transfer-encoding").count
        guard framings <= 1 else { return "framed twice: \(reading.lines)" }
        let keeps = parser.head.keepsAlive ? "keeps" : "closes"
        return "\(progress) \(parser.head.framing) \(keeps) \(reading.lines.joined(separator: "|"))"
    }

    private static func written(_ head: ResponseHead, _ bytes: [UInt8], _ method: RequestMethod) -> [UInt8] {
        var rewrite = ResponseRewrite()
        rewrite.isHead = method == .head
        rewrite.via = []
        var out = WireBuffer()
        bytes.withUnsafeBytes { head.write(to: &out, from: $0, rewrite) }
        out.endHead()
        return Array(out.readable)
    }
}
