@testable internal import FlotillaProxy
internal import Testing

@Suite struct RequestHeadParserTests {
    private func parsed(_ text: String, _ check: (borrowing RequestHead, UnsafeRawBufferPointer) -> Void) {
        var parser = RequestHeadParser()
        Array(text.utf8).withUnsafeBytes { bytes in
            guard case .head = parser.parse(bytes) else {
                Issue.record("not read: \(text)")
                return
            }
            check(parser.head, bytes)
        }
    }

    @Test("the parts of a head are found where they stand")
    func parts() {
        let sent =
            "POST /a/b?c=d&e HTTP/1.1\r\nhost: x:1\r\nCONTENT-TYPE:text/plain\r\nX-Own: 1\r\n"
            + "Content-Length: 3\r\n\r\nabc"
        parsed(sent) { head, bytes in
            #expect(head.method == .post && head.version == .http11 && head.framing == .length(3))
            #expect(head.methodName.text(of: bytes) == "POST")
            #expect(head.target.text(of: bytes) == "/a/b?c=d&e")
            #expect(head.path.text(of: bytes) == "/a/b")
            #expect(head.query?.text(of: bytes) == "c=d&e")
            #expect(head.authority.text(of: bytes) == "x:1")
            #expect(head.size == bytes.count - 3)
            #expect(head.text(.contentType, in: bytes) == "text/plain")
            #expect(head.first(named: "x-own", in: bytes)?.value.text(of: bytes) == "1")
            #expect(head.first(named: Array("x-own".utf8), in: bytes)?.value.text(of: bytes) == "1")
            #expect(head.first(named: "x-owner", in: bytes) == nil)
            #expect(head.first(.cookie) == nil && head.count(.host) == 1)
            let names = head.texts(in: bytes).map(\.name)
            #expect(names == ["host", "CONTENT-TYPE", "X-Own", "Content-Length"])
        }
    }

    @Test("a query may be empty, and is then told from none")
    func emptyQuery() {
        parsed("GET /? HTTP/1.1\r\nHost: a\r\n\r\n") { head, _ in #expect(head.query?.isEmpty == true) }
        parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\n") { head, _ in #expect(head.query == nil) }
    }

    @Test(
        "a connection stays as version and Connection say",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false),
            ("HTTP/1.1", "Connection: keep-alive, CLOSE\r\n", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
            ("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", false),
        ])
    func keepAlive(version: String, fields: String, stays: Bool) {
        parsed("GET / \(version)\r\nHost: a\r\n\(fields)\r\n") { head, _ in #expect(head.keepsAlive == stays) }
    }

    @Test(
        "paths that another reader may read differently are not plain",
        arguments: [
            ("/", true), ("/a.b/c~d", true), ("/a/", true), ("/a//b", false), ("//a", false), ("/a/../b", false),
            ("/a/.b", false), ("/%61", false), ("/a?b=//../%20", true),
        ])
    func plainness(target: String, isPlain: Bool) {
        parsed("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") { head, _ in #expect(head.isPathPlain == isPlain) }
    }

    @Test("the limits hold to the byte", arguments: [0, 1])
    func limits(over: Int) {
        let limits = WireLimits(headBytesMax: 300, lineBytesMax: 100, fieldsMax: 2, bodyBytesMax: 10)
        func outcome(_ text: String) -> HeadProgress {
            var parser = RequestHeadParser(limits: limits)
            return Array(text.utf8).withUnsafeBytes { parser.parse($0) }
        }
        let tail = "Host: a\r\n\r\n"
        let line = "GET /" + String(repeating: "a", count: 100 - 16 + over) + " HTTP/1.1\r\n"
        #expect(outcome(line + tail) == (over == 0 ? .head(consumed: 111) : .refused(.targetTooLong)))
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let head = start + String(repeating: "x", count: 300 - start.utf8.count - 4 + over) + "\r\n\r\n"
        #expect(outcome(head) == (over == 0 ? .head(consumed: 300) : .refused(.headTooLarge)))
        // As many bytes as a head may have, and no end: it is over the limit without another byte.
        let endless = start + String(repeating: "x", count: 299 + over - start.utf8.count)
        #expect(outcome(endless) == (over == 0 ? .incomplete : .refused(.headTooLarge)))
        let fields = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 1 + over) + "\r\n"
        #expect(outcome(fields) == (over == 0 ? .head(consumed: fields.utf8.count) : .refused(.tooManyFields)))
        let body = "PUT / HTTP/1.1\r\nContent-Length: \(10 + over)\r\n" + tail
        #expect(outcome(body) == (over == 0 ? .head(consumed: body.utf8.count) : .refused(.bodyTooLarge)))
    }

    @Test("bytes that were searched once are not searched again")
    func resumes() {
        var parser = RequestHeadParser()
        let start = Array("GET / HTTP/1.1\r\nHost: a\r\nX: aaaaaaaa".utf8)
        #expect(start.withUnsafeBytes { parser.parse($0) } == .incomplete)
        // Bare line feeds where it has looked already would be refused if it looked there again.
        var changed = start.map { $0 == UInt8(ascii: "a") ? 10 : $0 } + Array("bbb".utf8)
        #expect(changed.withUnsafeBytes { parser.parse($0) } == .incomplete)
        changed = start + Array("bbb\r\n\r\n".utf8)
        #expect(changed.withUnsafeBytes { parser.parse($0) } == .head(consumed: changed.count))
    }

    @Test("a refusal stays until the parser is reset, and nothing is left of the message before")
    func reset() {
        var parser = RequestHeadParser()
        let wrong = Array("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\nX Y: z\r\n".utf8)
        let right = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        #expect(wrong.withUnsafeBytes { parser.parse($0) } == .refused(.fieldSpace))
        #expect(right.withUnsafeBytes { parser.parse($0) } == .refused(.fieldSpace))
        #expect(!parser.isIdle)
        parser.reset()
        #expect(parser.isIdle)
        #expect(right.withUnsafeBytes { parser.parse($0) } == .head(consumed: right.count))
        #expect(parser.head.framing == .none && parser.head.fields.isEmpty && parser.head.authority.isEmpty)
        #expect(parser.head.connection.isEmpty && parser.isIdle)
    }
}

@Suite struct KnownFieldTests {
    @Test("each known field is recognised in any case, and nothing near it", arguments: KnownField.allCases)
    func names(_ field: KnownField) {
        guard field != .other else { return }
        let name = "\(field.name)"
        func found(_ text: String) -> KnownField {
            Array(text.utf8).withUnsafeBytes { KnownField.named(WireBytes($0), 0, $0.count) }
        }
        #expect(found(name) == field && found(name.uppercased()) == field)
        #expect(found(name + "x") != field && found("x" + name) != field && found("q" + name.dropFirst()) == .other)
        #expect(found(name.dropLast() + "~") == .other)
    }

    @Test("a set holds what was put in")
    func set() {
        var set: KnownFieldSet = [.host, .xRequestID]
        #expect(set.contains(.host) && set.contains(.xRequestID) && !set.contains(.other) && !set.contains(.te))
        set.remove(.host)
        set.insert(.te)
        #expect(set == [.te, .xRequestID])
        #expect(set.union([.host]).contains(.host))
        #expect(KnownField.allCases.count <= 64)
    }
}
