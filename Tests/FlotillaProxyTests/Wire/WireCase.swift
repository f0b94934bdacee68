internal import Testing

/// Bytes as a client sends them, and what must come of them.
struct WireCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Where this way of cheating, or of being wrong, is known from.
    let source: String
    let bytes: [UInt8]
    let expected: WireTranscript

    /// Each character of `sent` is one byte (U+0000 to U+00FF).
    init(_ name: String, _ source: String, _ sent: String, _ expected: WireTranscript) {
        self.name = name
        self.source = source
        bytes = sent.unicodeScalars.map { UInt8($0.value) }
        self.expected = expected
    }

    var testDescription: String { "\(name) (\(source))" }
}

/// What a connection's bytes became: the messages passed on, and how it ended.
struct WireTranscript: Sendable, Hashable {
    struct Message: Sendable, Hashable {
        /// The head that the upstream is sent, its lines parted by `|`.
        var head: String
        var framing: String
        var body = ""
        var isWhole = false
    }

    enum End: Sendable, Hashable {
        /// Nothing is left over.
        case idle
        /// These bytes wait for more.
        case waiting(String)
        case refused(Int, String)
    }

    var messages: [Message] = []
    var end = End.idle

    static func refused(_ status: Int, _ slug: String) -> WireTranscript {
        WireTranscript(end: .refused(status, slug))
    }

    /// One message is passed on. `+` in `head` stands for what the gateway adds: see ``WireReader``.
    static func passes(_ head: String, body: String = "", _ end: End = .idle) -> WireTranscript {
        WireTranscript(messages: [.passed(head, body, isWhole: true)], end: end)
    }

    /// The head is passed on, and the body is refused after `body`.
    static func breaks(_ head: String, body: String = "", _ status: Int, _ slug: String) -> WireTranscript {
        WireTranscript(messages: [.passed(head, body, isWhole: false)], end: .refused(status, slug))
    }

    /// Another message is passed on behind what is there.
    func then(_ head: String, body: String = "", _ end: End = .idle) -> WireTranscript {
        WireTranscript(messages: messages + [.passed(head, body, isWhole: true)], end: end)
    }

    func thenRefused(_ status: Int, _ slug: String) -> WireTranscript {
        WireTranscript(messages: messages, end: .refused(status, slug))
    }
}

extension WireTranscript.Message {
    static func passed(_ head: String, _ body: String, isWhole: Bool) -> Self {
        let lines = head.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let host = lines.first { $0.hasPrefix("Host: ") }?.dropFirst(6) ?? ""
        let ours = ["X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http"]
            + (lines.contains("-") ? [] : ["X-Forwarded-Host: \(host)"])
            + [lines.contains("-") ? "Via: 1.0 edge" : "Via: 1.1 edge"]
        let all = lines.flatMap { $0 == "+" || $0 == "-" ? ours : [$0] }
        var framing = "none"
        for line in all {
            if line.hasPrefix("Content-Length: ") { framing = "length \(line.dropFirst(16))" }
            if line == "Transfer-Encoding: chunked" { framing = "chunked" }
        }
        return Self(head: all.joined(separator: "|"), framing: framing, body: body, isWhole: isWhole)
    }
}
