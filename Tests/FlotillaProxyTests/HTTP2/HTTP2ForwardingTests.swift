#if os(Linux)
    internal import CNGHTTP2
    @testable internal import FlotillaProxy
    internal import Testing

    @Suite("Forwarding from HTTP/2, over sockets", .timeLimit(.minutes(2))) struct HTTP2ForwardingTests {
        @Test("the upstream gets a request of HTTP/1.1, and the client an answer without what belongs to that")
        func rewriting() async throws {
            let upstream = try TestUpstream { peer in
                let head = peer.read()
                peer.send(
                    "HTTP/1.1 201 Created\r\nX-One: 1\r\nConnection: x-hop\r\nX-Hop: 2\r\nKeep-Alive: timeout=5\r\n"
                        + "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nTransfer-Encoding: chunked\r\n\r\n")
                for part in [head, "END"] { peer.send("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n") }
                peer.send("0\r\n\r\n")
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = HTTP2Client(try WireClient(port: port))
                    let more = [("cookie", "a=1"), ("accept", "*/*"), ("cookie", "b=2"), ("te", "trailers")]
                    let answer = client.fetch("GET", "/a?b=c", more)
                    #expect(answer.status == "201" && answer.isWhole && answer.reset == nil)
                    #expect(
                        answer.fields.map(\.name).sorted()
                            == ["date", "set-cookie", "set-cookie", "via", "x-one"])
                    #expect(answer.text.hasPrefix("GET /a?b=c HTTP/1.1\r\nHost: h\r\naccept: */*\r\n"))
                    #expect(answer.text.contains("\r\ncookie: a=1; b=2\r\n"))
                    #expect(answer.text.contains("X-Forwarded-For: 127.0.0.1\r\n") && answer.text.hasSuffix("END"))
                    #expect(answer.text.contains("Via: 2 flotilla\r\n"))
                    #expect(!answer.text.contains("te:") && !answer.text.contains("chunked"))
                }
            }
        }

        @Test("answers without a body are without one, and interim ones pass")
        func bodiless() async throws {
            let upstream = try TestUpstream { peer in
                while true {
                    let head = peer.read()
                    guard !head.isEmpty else { return }
                    switch head.split(separator: " ")[1] {
                    case "/head": peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                    case "/204": peer.send("HTTP/1.1 204 No Content\r\n\r\n")
                    case "/304": peer.send("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\n")
                    default:
                        peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    }
                }
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = HTTP2Client(try WireClient(port: port))
                    let head = client.fetch("HEAD", "/head")
                    #expect(head.isWhole && head.body.isEmpty && head.field("content-length") == "1000")
                    let none = client.fetch("GET", "/204")
                    #expect(none.isWhole && none.status == "204" && none.field("content-length") == nil)
                    let same = client.fetch("GET", "/304")
                    #expect(same.isWhole && same.status == "304" && same.field("etag") == "\"x\"")
                    let hinted = client.fetch("GET", "/103")
                    #expect(hinted.statuses == ["103", "200"] && hinted.isWhole && hinted.body.isEmpty)
                }
                #expect(upstream.connections == 1)
            }
        }

        @Test("bodies of all kinds pass both ways as they are", arguments: ["length", "chunks", "until closing"])
        func bodies(kind: String) async throws {
            let size = 1_000_000
            let payload = String(repeating: "0123456789", count: size / 10)
            let upstream = try TestUpstream { peer in
                let count = peer.readCount(untilSuffix: kind == "length" ? "END" : "0\r\n\r\n")
                guard count > size else { return }
                switch kind {
                case "length": peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n\(payload)")
                case "chunks":
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in 0..<4 { peer.send("3D090\r\n\(payload.prefix(250_000))\r\n") }
                    peer.send("0\r\n\r\n")
                default: peer.send("HTTP/1.1 200 OK\r\n\r\n\(payload)")
                }
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = HTTP2Client(try WireClient(port: port))
                    let length = kind == "length" ? [("content-length", "\(size + 3)")] : []
                    let answer = client.fetch("POST", "/", length, body: Array((payload + "END").utf8))
                    #expect(answer.status == "200" && answer.isWhole && answer.text == payload)
                }
            }
        }

        @Test("an answer that breaks off resets its stream, and one that never begins is a 502 of the door")
        func broken() async throws {
            let upstream = try TestUpstream { peer in
                let head = peer.read()
                if head.hasPrefix("GET /half") { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = HTTP2Client(try WireClient(port: port))
                    let half = client.fetch("GET", "/half")
                    #expect(half.reset == NGHTTP2_INTERNAL_ERROR.rawValue && !half.isWhole)
                    let none = client.fetch("POST", "/none")
                    #expect(none.text.contains("upstream") && none.isWhole)
                    #expect(client.goodbye == nil)
                }
            }
        }

        @Test("a client that takes its request back lets go of the upstream")
        func takenBack() async throws {
            let gone = Counter()
            let asked = Counter()
            let upstream = try TestUpstream { peer in
                peer.read()
                asked.add(1)
                peer.waitForEnd()
                gone.add(1)
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = HTTP2Client(try WireClient(port: port))
                    let id = client.ask(HTTP2Client.head("GET", "/"))
                    client.flush()
                    while asked.value == 0 { yieldThread() }
                    client.reset(id)
                    client.flush()
                    while gone.value == 0 { yieldThread() }
                }
            }
            #expect(gone.value == 1)
        }
    }
#endif
