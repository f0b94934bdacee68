@testable internal import FlotillaProxy
internal import Testing

@Suite("Answers of upstreams")
struct ResponseTests {
    @Test("each has the outcome required, whole, byte by byte, and cut at each place", arguments: ResponseTable.cases)
    func outcome(_ example: ResponseCase) {
        let outcome = ResponseProperties.outcome(example.bytes, to: example.method)
        // The length of the head, which other tests count, is left out.
        let isHead = outcome.hasPrefix("head")
        let said = isHead ? outcome.split(separator: ") ", maxSplits: 1).last.map(String.init) : outcome
        #expect(said == example.expected)
        for place in example.bytes.indices {
            let violation = ResponseProperties.violation(example.bytes, to: example.method, cuts: [place])
            #expect(violation == nil)
            if violation != nil { return }
        }
    }

    @Test("an interim answer is followed by the real one")
    func interim() {
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        let bytes = Array((hints + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx").utf8)
        var parser = ResponseHeadParser()
        guard case .head(let consumed) = bytes.withUnsafeBytes({ parser.parse($0, to: .get) }) else {
            Issue.record("the interim answer was not read")
            return
        }
        #expect(parser.head.isInterim)
        let rest = Array(bytes[consumed...])
        #expect(rest.withUnsafeBytes { parser.parse($0, to: .get) } == .head(consumed: rest.count - 1))
        #expect(!parser.head.isInterim && parser.head.status == 200 && parser.head.framing == .length(1))
    }

    private func written(_ sent: String, _ change: (inout ResponseRewrite) -> Void) -> [String] {
        let bytes = Array(sent.utf8)
        var parser = ResponseHeadParser()
        guard case .head = bytes.withUnsafeBytes({ parser.parse($0, to: .get) }) else { return ["not read"] }
        var rewrite = ResponseRewrite()
        rewrite.via = []
        change(&rewrite)
        var out = WireBuffer()
        bytes.withUnsafeBytes { parser.head.write(to: &out, from: $0, rewrite) }
        return PlainReading(Array(out.readable)).lines
    }

    @Test("a client of HTTP/1.0 gets no chunks, and is told whether the connection stays")
    func oldClient() {
        let chunked = written("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") { $0.clientVersion = .http10 }
        #expect(chunked == ["HTTP/1.1 200 OK", "Connection: close"])
        let counted = written("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n") { $0.clientVersion = .http10 }
        #expect(counted == ["HTTP/1.1 200 OK", "Connection: keep-alive", "Content-Length: 3"])
        let closing = written("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n") { $0.keepsAlive = false }
        #expect(closing == ["HTTP/1.1 200 OK", "Connection: close", "Content-Length: 3"])
    }

    @Test("Date is added when it is missing, the ID replaced, and fields taken out by kind and by name")
    func fields() {
        let lines = written(
            "HTTP/1.1 200 OK\r\nServer: secret\r\nX-Powered-By: x\r\nX-Request-ID: theirs\r\nContent-Length: 0\r\n\r\n"
        ) {
            $0.date = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)
            $0.requestID = Array("ours".utf8)
            $0.removing = [.server]
            $0.removingNames = [Array("x-powered-by".utf8)]
            $0.via = Array("edge".utf8)
        }
        #expect(
            lines == [
                "HTTP/1.1 200 OK", "X-Request-ID: ours", "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Via: 1.1 edge",
                "Content-Length: 0",
            ])
        let dated = written("HTTP/1.1 200 OK\r\nDate: theirs\r\nContent-Length: 0\r\n\r\n") { $0.date = [65] }
        #expect(dated == ["HTTP/1.1 200 OK", "Date: theirs", "Content-Length: 0"])
    }

    @Test("an upgrade is passed on only when it was asked for")
    func upgrade() {
        let answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(
            written(answer) { $0.passesUpgrade = true } == [
                "HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket",
            ])
        #expect(written(answer) { _ in } == ["HTTP/1.1 101 Switching Protocols"])
        var parser = ResponseHeadParser()
        let offered = Array("HTTP/1.1 200 OK\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n".utf8)
        #expect(offered.withUnsafeBytes { parser.parse($0, to: .get) } == .head(consumed: offered.count))
        #expect(parser.head.upgrade == nil)
    }
}
