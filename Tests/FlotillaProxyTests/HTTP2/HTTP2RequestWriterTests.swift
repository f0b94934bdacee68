@testable internal import FlotillaProxy
internal import Testing

@Suite("Requests of HTTP/2 as heads") struct HTTP2RequestWriterTests {
    /// The head as it is written; nil when it is malformed.
    private func written(
        _ fields: [(String, String)], endsRequest: Bool = true, bytesMax: Int = 4_096
    ) -> String? {
        var writer = HTTP2RequestWriter()
        var out = WireBuffer()
        writer.begin(bytesMax: bytesMax)
        for (name, value) in fields {
            Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes { value in writer.add(name, value, to: &out) }
            }
        }
        _ = writer.end(endsRequest: endsRequest, to: &out)
        return writer.isMalformed ? nil : String(decoding: out.readable, as: UTF8.self)
    }

    private static let usual = [(":method", "GET"), (":scheme", "https"), (":authority", "a:1"), (":path", "/p?q")]

    @Test("the line, Host and the fields, in their order; cookies in one piece")
    func usual() {
        #expect(written(Self.usual + [("x", "1"), ("cookie", "a=b"), ("y", ""), ("cookie", "c=d")])
            == "GET /p?q HTTP/1.1\r\nhost: a:1\r\nx: 1\r\ny: \r\ncookie: a=b; c=d\r\n\r\n")
        #expect(written(Self.usual) == "GET /p?q HTTP/1.1\r\nhost: a:1\r\n\r\n")
        #expect(written([(":path", "*"), (":method", "OPTIONS"), (":scheme", "http"), ("host", "b")])
            == "OPTIONS * HTTP/1.1\r\nhost: b\r\n\r\n")
    }

    @Test("a body is framed by its length when that is told, else by chunks")
    func bodies() {
        #expect(written(Self.usual, endsRequest: false)?.hasSuffix("transfer-encoding: chunked\r\n\r\n") == true)
        let told = written(Self.usual + [("content-length", "5")], endsRequest: false)
        #expect(told?.hasSuffix("content-length: 5\r\n\r\n") == true && told?.contains("chunked") == false)
    }

    @Test("a Host that says the same is left out, another one is there to be refused")
    func hosts() {
        #expect(written(Self.usual + [("host", "A:1")]) == "GET /p?q HTTP/1.1\r\nhost: a:1\r\n\r\n")
        #expect(written(Self.usual + [("host", "b")]) == "GET /p?q HTTP/1.1\r\nhost: a:1\r\nhost: b\r\n\r\n")
    }

    @Test(
        "what is no request, or would be another one in HTTP/1.1, is malformed",
        arguments: [
            [("connection", "close")], [("keep-alive", "1")], [("proxy-connection", "x")], [("upgrade", "h2c")],
            [("transfer-encoding", "chunked")], [("te", "gzip")], [("http2-settings", "x")], [("X", "1")],
            [("x y", "1")], [("x:", "1")], [("x\r\ny", "1")], [("", "1")], [("x", "1\r\ny: 2")], [("x", "1\ny")],
            [("x", "1"), (":path", "/late")], [(":path", "/twice")], [(":method", "PUT")], [(":authority", "b")],
            [(":scheme", "http")], [(":protocol", "websocket")], [(":status", "200")],
        ])
    func malformed(more: [(String, String)]) { #expect(written(Self.usual + more) == nil) }

    @Test(
        "the pseudo-fields must be what they are for",
        arguments: [
            (":path", "p"), (":path", "http://b/"), (":path", ""), (":path", "/a\r\nx: y"), (":method", "G T"),
            (":method", ""), (":scheme", "ftp"), (":authority", "a@b"), (":authority", "a b"), (":authority", "a\r\n"),
        ])
    func pseudo(name: String, value: String) {
        #expect(written(Self.usual.map { $0.0 == name ? (name, value) : $0 }) == nil)
    }

    @Test("one is missing", arguments: [":method", ":scheme"])
    func missing(name: String) { #expect(written(Self.usual.filter { $0.0 != name }) == nil) }

    @Test("of more than a head may have so much is written that the parser refuses it, and not more")
    func tooLarge() throws {
        let more = (0..<10_000).map { ("x\($0)", "0123456789") }
        let text = try #require(written(Self.usual + more, bytesMax: 1_024))
        #expect(text.utf8.count < 4_096)
        var parser = RequestHeadParser(limits: WireLimits(headBytesMax: 1_024, lineBytesMax: 512, fieldsMax: 1_000))
        #expect(Array(text.utf8).withUnsafeBytes { parser.parse($0) } == .refused(.headTooLarge))
    }
}
