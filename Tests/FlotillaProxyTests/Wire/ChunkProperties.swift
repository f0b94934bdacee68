internal import FlotillaProxy

/// What must hold for any bytes that should be a chunked body.
enum ChunkProperties {
    struct Outcome: Hashable {
        var payload: [UInt8] = []
        /// Bytes that belong to the body, when it is whole.
        var end: Int?
        var refusal: WireRefusal?
    }

    static func outcome(_ bytes: [UInt8], cuts: some Sequence<Int> = []) -> Outcome {
        var decoder = ChunkedDecoder(limits: WireReader.limits)
        var outcome = Outcome()
        var start = 0
        for cut in Array(cuts) + [bytes.count] {
            take(bytes[start..<cut], at: start, &decoder, &outcome)
            if outcome.end != nil || outcome.refusal != nil { return outcome }
            start = cut
        }
        return outcome
    }

    private static func take(
        _ bytes: ArraySlice<UInt8>, at start: Int, _ decoder: inout ChunkedDecoder, _ outcome: inout Outcome
    ) {
        var rest = bytes
        while true {
            switch rest.withUnsafeBytes({ decoder.step($0) }) {
            case .incomplete: return
            case .payload(let range):
                let first = rest.startIndex
                outcome.payload += rest[(first + range.lowerBound)..<(first + range.upperBound)]
                rest = rest[(first + range.upperBound)...]
            case .end(let consumed):
                outcome.end = rest.startIndex + consumed
                return
            case .refused(let refusal):
                outcome.refusal = refusal
                return
            }
        }
    }

    /// What does not hold; nil when all does.
    static func violation(_ bytes: [UInt8], cuts: [Int]) -> String? {
        let whole = outcome(bytes)
        let cut = outcome(bytes, cuts: cuts)
        if cut != whole { return "cut at \(cuts): \(cut)\nwhole: \(whole)" }
        let single = outcome(bytes, cuts: bytes.indices)
        if single != whole { return "byte by byte: \(single)\nwhole: \(whole)" }
        if whole.payload.count > bytes.count { return "more payload than bytes" }
        var out = WireBuffer()
        whole.payload.withUnsafeBytes { out.appendChunk($0) }
        out.appendLastChunk()
        let again = outcome(Array(out.readable))
        return again == Outcome(payload: whole.payload, end: out.count) ? nil : "framed anew: \(again)"
    }
}
