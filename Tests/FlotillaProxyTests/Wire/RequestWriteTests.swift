@testable internal import FlotillaProxy
internal import Testing

@Suite("Requests written on")
struct RequestWriteTests {
    private func written(_ sent: String, _ change: (inout RequestRewrite) -> Void = { _ in }) -> [String] {
        let bytes = Array(sent.utf8)
        var parser = RequestHeadParser()
        guard case .head = bytes.withUnsafeBytes({ parser.parse($0) }) else { return ["not read"] }
        var rewrite = RequestRewrite()
        rewrite.via = []
        change(&rewrite)
        var out = WireBuffer()
        bytes.withUnsafeBytes { parser.head.write(to: &out, from: $0, rewrite) }
        return PlainReading(Array(out.readable)).lines
    }

    private let get = "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("host and target are replaced, and what may not stand in them is made harmless")
    func replaced() {
        let lines = written(get) {
            $0.host = Array("backend:80\r\nX: y".utf8)
            $0.target = Array("x y\r\n#%é".utf8)
        }
        #expect(
            lines == [
                "GET /x%20y%0D%0A%23%25%C3%A9 HTTP/1.1", "Host: backend:80  X: y", "X-Forwarded-Proto: http",
                "X-Forwarded-Host: a",
            ])
    }

    @Test("what another proxy of ours says of the client is kept and added to")
    func trusted() {
        let sent =
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n"
            + "X-Forwarded-Proto: https\r\nForwarded: for=x\r\n\r\n"
        let lines = written(sent) {
            $0.trustsForwarded = true
            $0.client = Array("3.3.3.3".utf8)
        }
        #expect(
            lines == [
                "GET / HTTP/1.1", "Host: a", "X-Forwarded-Proto: https", "Forwarded: for=x",
                "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3", "X-Forwarded-Host: a",
            ])
        let listed = written(String(sent.dropLast()) + "Connection: x-forwarded-for\r\n\r\n") {
            $0.trustsForwarded = true
            $0.client = Array("3.3.3.3".utf8)
        }
        #expect(listed.contains("X-Forwarded-For: 3.3.3.3"))
        let own = written(sent) {
            $0.client = Array("3.3.3.3".utf8)
            $0.isSecure = true
        }
        #expect(
            own == [
                "GET / HTTP/1.1", "Host: a", "X-Forwarded-For: 3.3.3.3", "X-Forwarded-Proto: https",
                "X-Forwarded-Host: a",
            ])
    }

    @Test("IDs are kept or replaced, never doubled")
    func identifiers() {
        let sent = "GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: theirs\r\ntraceparent: 00-t\r\n\r\n"
        #expect(written(sent).filter { $0.contains("theirs") || $0.contains("00-t") }.count == 2)
        let lines = written(sent) {
            $0.requestID = Array("ours".utf8)
            $0.traceparent = Array("00-o".utf8)
        }
        #expect(lines.contains("X-Request-ID: ours") && lines.contains("traceparent: 00-o"))
        #expect(!lines.contains { $0.hasSuffix("theirs") || $0.hasSuffix("00-t") })
    }

    @Test("fields are taken out by kind and by name, and the framing is what the caller says")
    func removed() {
        let lines = written("POST / HTTP/1.1\r\nHost: a\r\nCookie: x\r\nX-Own: 1\r\nContent-Length: 5\r\n\r\nhello") {
            $0.removing = [.cookie]
            $0.removingNames = [Array("x-own".utf8)]
            $0.framing = .chunked
            $0.closes = true
        }
        #expect(
            lines == [
                "POST / HTTP/1.1", "Host: a", "X-Forwarded-Proto: http", "X-Forwarded-Host: a", "Connection: close",
                "Transfer-Encoding: chunked",
            ])
    }

    @Test("expectation and upgrade end here unless they are passed on")
    func passing() {
        let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(!written(upgrade).contains { $0.hasPrefix("Upgrade") || $0.hasPrefix("Connection") })
        let expectation = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
        #expect(!written(expectation).contains { $0.hasPrefix("Expect") })
        #expect(written(expectation) { $0.passesExpectation = true }.contains("Expect: 100-continue"))
    }

    @Test("fields that a caller appends cannot break out of their line")
    func appended() {
        var out = WireBuffer()
        out.appendField("X-A", text: "b\r\nX-C: d\0é")
        out.appendField(name: Array("X-B".utf8), Array("c".utf8))
        out.appendField(name: Array("X B".utf8), Array("c".utf8))
        out.appendField(name: [], Array("c".utf8))
        out.appendField("RateLimit-Limit", 100)
        out.endHead()
        let text = String(decoding: out.readable, as: UTF8.self)
        #expect(text == "X-A: b  X-C: d é\r\nX-B: c\r\nRateLimit-Limit: 100\r\n\r\n")
    }
}

@Suite struct WireSyntaxTests {
    private func check(_ text: String, _ rule: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        Array(text.utf8).withUnsafeBytes(rule)
    }

    @Test("what could end a line, or move a boundary, is neither name nor value nor authority")
    func syntax() {
        #expect(check("x-a", WireSyntax.isToken) && check("PATCH", WireSyntax.isToken))
        #expect(!["", "a b", "a:", "a\r\nb", ":path", "é"].contains { check($0, WireSyntax.isToken) })
        #expect(["", "a b\tc", "é"].allSatisfy { check($0, WireSyntax.isFieldValue) })
        #expect(![" a", "a\t", "a\r\nb: c", "a\0", "a\n"].contains { check($0, WireSyntax.isFieldValue) })
        #expect(["a", "a.b:80", "[::1]"].allSatisfy { check($0, WireSyntax.isAuthority) })
        #expect(!["", "a/b", "u@a", "a:b", "a b", "a:"].contains { check($0, WireSyntax.isAuthority) })
    }
}
