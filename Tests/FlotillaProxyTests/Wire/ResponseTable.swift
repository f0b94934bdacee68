internal import FlotillaProxy
internal import Testing

/// An upstream's answer, and what must come of it.
struct ResponseCase: Sendable, CustomTestStringConvertible {
    let name: String
    let method: RequestMethod
    let bytes: [UInt8]
    /// As ``ResponseProperties/outcome(_:to:cuts:)`` says it, without the length of the head.
    let expected: String

    init(_ name: String, to method: RequestMethod = .get, _ sent: String, _ expected: String) {
        self.name = name
        self.method = method
        bytes = sent.unicodeScalars.map { UInt8($0.value) }
        self.expected = expected
    }

    var testDescription: String { name }
}

/// Answers of upstreams, sound and unsound, each with the one outcome required.
enum ResponseTable {
    private static func refused(_ name: String, _ sent: String, _ refusal: WireRefusal) -> ResponseCase {
        ResponseCase(name, sent, "\(HeadProgress.refused(refusal))")
    }

    private static func ok(_ fields: String) -> String { "HTTP/1.1 200 OK\r\n" + fields + "\r\nhello" }

    static let cases: [ResponseCase] = accepted + framed + refusals

    private static let accepted: [ResponseCase] = [
        ResponseCase(
            "a length", ok("Content-Length: 5\r\nX: y\r\n"), "length(5) keeps HTTP/1.1 200 OK|X: y|Content-Length: 5"),
        ResponseCase(
            "chunks", ok("Transfer-Encoding: chunked\r\n"),
            "chunked keeps HTTP/1.1 200 OK|Transfer-Encoding: chunked"),
        ResponseCase(
            "until closing becomes chunks", ok("Server: x\r\n"),
            "untilClose closes HTTP/1.1 200 OK|Server: x|Transfer-Encoding: chunked"),
        ResponseCase(
            "Connection: close", ok("Connection: close, Foo\r\nFoo: 1\r\nContent-Length: 5\r\n"),
            "length(5) closes HTTP/1.1 200 OK|Content-Length: 5"),
        ResponseCase(
            "HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n",
            "length(5) closes HTTP/1.1 200 OK|Content-Length: 5"),
        ResponseCase(
            "HTTP/1.0 that stays", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n",
            "length(5) keeps HTTP/1.1 200 OK|Content-Length: 5"),
        ResponseCase(
            "no reason", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n",
            "length(0) keeps HTTP/1.1 404 |Content-Length: 0"),
        ResponseCase(
            "no reason and no space", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
            "length(0) keeps HTTP/1.1 404 |Content-Length: 0"),
        ResponseCase(
            "a reason beyond ASCII", "HTTP/1.1 404 Nicht da\u{DF}\r\nContent-Length: 0\r\n\r\n",
            "length(0) keeps HTTP/1.1 404 Nicht da\u{DF}|Content-Length: 0"),
        ResponseCase(
            "fields of this hop",
            ok("Keep-Alive: 5\r\nProxy-Authenticate: x\r\nTrailer: X\r\nUpgrade: h2\r\nContent-Length: 5\r\n"),
            "length(5) keeps HTTP/1.1 200 OK|Content-Length: 5"),
        ResponseCase(
            "two cookies stay two", ok("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n"),
            "length(5) keeps HTTP/1.1 200 OK|Set-Cookie: a=1|Set-Cookie: b=2|Content-Length: 5"),
        ResponseCase("half a head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "incomplete"),
        ResponseCase("nothing", "", "incomplete"),
    ]

    /// Where the status or the method decides.
    private static let framed: [ResponseCase] = [
        ResponseCase(
            "to HEAD, with a length", to: .head, ok("Content-Length: 5\r\n"),
            "none keeps HTTP/1.1 200 OK|Content-Length: 5"),
        ResponseCase(
            "to HEAD, with chunks", to: .head, ok("Transfer-Encoding: chunked\r\n"), "none keeps HTTP/1.1 200 OK"),
        ResponseCase(
            "304 with a length", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 5\r\n\r\n",
            "none keeps HTTP/1.1 304 Not Modified|ETag: \"x\"|Content-Length: 5"),
        ResponseCase("204", "HTTP/1.1 204 No Content\r\n\r\n", "none keeps HTTP/1.1 204 No Content"),
        ResponseCase(
            "204 with length 0", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
            "none keeps HTTP/1.1 204 No Content"),
        ResponseCase(
            "204 with a length: what follows is in doubt", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
            "none closes HTTP/1.1 204 No Content"),
        ResponseCase(
            "204 with chunks: what follows is in doubt",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "none closes HTTP/1.1 204 No Content"),
        ResponseCase("100", "HTTP/1.1 100 Continue\r\n\r\n", "none keeps HTTP/1.1 100 Continue"),
        ResponseCase(
            "103", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            "none keeps HTTP/1.1 103 Early Hints|Link: </a.css>"),
        ResponseCase(
            "101", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            "none closes HTTP/1.1 101 Switching Protocols"),
    ]

    private static let refusals: [ResponseCase] = [
        refused("not HTTP", "SSH-2.0-OpenSSH\r\n", .statusLine),
        refused("garbage without a line", "\u{15}\u{03}\u{01}", .statusLine),
        refused("HTTP/0.9", "<html>hello</html>", .statusLine),
        refused("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", .statusLine),
        refused("HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", .statusLine),
        refused("two digits", "HTTP/1.1 20 OK\r\n\r\n", .statusLine),
        refused("four digits", "HTTP/1.1 2000 OK\r\n\r\n", .statusLine),
        refused("a status below 100", "HTTP/1.1 099 OK\r\n\r\n", .statusLine),
        refused("two spaces", "HTTP/1.1  200 OK\r\n\r\n", .statusLine),
        refused("NUL in the reason", "HTTP/1.1 200 O\0K\r\n\r\n", .statusLine),
        refused("a line without end", "HTTP/1.1 200 " + String(repeating: "x", count: 300), .statusLine),
        refused("bare LF", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", .lineEnding),
        refused("a bare LF in a field", ok("X: y\nSet-Cookie: a=b\r\n"), .lineEnding),
        refused("a bare CR in a field", ok("X: y\rSet-Cookie: a=b\r\n"), .lineEnding),
        refused("folded", ok("X: y\r\n z\r\n"), .fieldFolded),
        refused("a space before the colon", ok("Content-Length : 5\r\n"), .fieldSpace),
        refused("no colon", ok("Content-Length\r\n"), .fieldName),
        refused("length and chunks", ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), .lengthAndCoding),
        refused("lengths that differ", ok("Content-Length: 5\r\nContent-Length: 6\r\n"), .lengthRepeated),
        refused("a list of lengths", ok("Content-Length: 5, 5\r\n"), .lengthInvalid),
        refused("a negative length", ok("Content-Length: -1\r\n"), .lengthInvalid),
        refused("gzip, chunked", ok("Transfer-Encoding: gzip, chunked\r\n"), .codingUnsupported),
        refused("gzip", ok("Transfer-Encoding: gzip\r\n"), .codingNotChunked),
        refused("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .codingInOldVersion),
        refused("many fields", ok(String(repeating: "X: y\r\n", count: 21)), .tooManyFields),
        refused("a huge head", ok("X: " + String(repeating: "y", count: 2_000) + "\r\n"), .headTooLarge),
        refused("a head without end", "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 2_000), .headTooLarge),
    ]
}
