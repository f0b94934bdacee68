@testable internal import FlotillaProxy

/// A server reduced to its reading: bytes come in, in whatever pieces, and a transcript comes out.
struct WireReader: ~Copyable {
    static let limits = WireLimits(
        headBytesMax: 1_024, lineBytesMax: 256, fieldsMax: 20, bodyBytesMax: 65_536, chunkExtensionBytesMax: 64,
        trailerBytesMax: 128)

    private enum Stage { case head, length(Int), chunks, refused }

    private var input = WireBuffer()
    private var output = WireBuffer()
    private var parser: RequestHeadParser
    private var decoder: ChunkedDecoder
    private var stage = Stage.head
    private var rewrite = RequestRewrite()
    private(set) var transcript = WireTranscript()
    /// Heads as they were written on, byte by byte.
    private(set) var heads: [[UInt8]] = []

    init(limits: WireLimits = WireReader.limits) {
        parser = RequestHeadParser(limits: limits)
        decoder = ChunkedDecoder(limits: limits)
        rewrite.client = Array("192.0.2.7".utf8)
        rewrite.via = Array("edge".utf8)
        rewrite.passesExpectation = true
        rewrite.passesUpgrade = true
    }

    /// What `bytes` become when they come in pieces that end at `cuts` (ascending) and at their end.
    static func read(_ bytes: [UInt8], cuts: some Sequence<Int> = []) -> WireTranscript {
        var reader = WireReader()
        var start = 0
        for cut in cuts {
            reader.feed(bytes[start..<cut])
            start = cut
        }
        reader.feed(bytes[start...])
        return reader.transcript
    }

    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { input.append($0) }
        while advance() {}
        if case .refused = stage { return }
        let rest = input.readable.map { Character(Unicode.Scalar($0)) }
        transcript.end = rest.isEmpty ? .idle : .waiting(String(rest))
    }

    /// False when there is nothing more to do with what is there.
    private mutating func advance() -> Bool {
        switch stage {
        case .head: return readHead()
        case .length(let left):
            let count = min(left, input.count)
            add(0..<count)
            input.consume(count)
            stage = left == count ? .head : .length(left - count)
            if left == count { transcript.messages[transcript.messages.count - 1].isWhole = true }
            return left == count
        case .chunks: return readChunks()
        case .refused: return false
        }
    }

    private mutating func readHead() -> Bool {
        switch parser.parse(input.readable) {
        case .incomplete: return false
        case .refused(let refusal):
            refuse(refusal)
            return false
        case .head(let consumed):
            output.removeAll()
            parser.head.write(to: &output, from: input.readable, rewrite)
            heads.append(Array(output.readable))
            let text = String(output.readable.map { Character(Unicode.Scalar($0)) })
            var message = WireTranscript.Message(head: "", framing: "none")
            message.head = text.split(separator: "\r\n").joined(separator: "|")
            switch parser.head.framing {
            case .none, .untilClose:
                message.isWhole = true
                stage = .head
            case .length(let count):
                message.framing = "length \(count)"
                stage = .length(count)
            case .chunked:
                message.framing = "chunked"
                decoder.reset()
                stage = .chunks
            }
            transcript.messages.append(message)
            input.consume(consumed)
            return true
        }
    }

    private mutating func readChunks() -> Bool {
        switch decoder.step(input.readable) {
        case .incomplete(let consumed):
            input.consume(consumed)
            return false
        case .payload(let range):
            add(range)
            input.consume(range.upperBound)
            return true
        case .end(let consumed):
            input.consume(consumed)
            transcript.messages[transcript.messages.count - 1].isWhole = true
            stage = .head
            return true
        case .refused(let refusal):
            refuse(refusal)
            return false
        }
    }

    private mutating func refuse(_ refusal: WireRefusal) {
        transcript.end = .refused(refusal.status, "\(refusal.slug)")
        stage = .refused
    }

    private mutating func add(_ range: Range<Int>) {
        let text = String(input.readable[range].map { Character(Unicode.Scalar($0)) })
        transcript.messages[transcript.messages.count - 1].body += text
    }
}
