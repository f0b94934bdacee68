#if os(Linux)
    @testable internal import FlotillaProxy
    internal import Synchronization
    internal import Testing

    @Suite("Forwarding, over sockets", .timeLimit(.minutes(2))) struct ForwardingTests {
        static let get = "GET /a?b=c HTTP/1.1\r\nHost: shop\r\n\r\n"
        static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        @Test("requests of one client share a connection to the upstream, and are told where they come from")
        func keepAlive() async throws {
            let upstream = try TestUpstream { peer in
                for number in 0..<3 {
                    let head = peer.read()
                    let isTold = head.hasPrefix("GET /a?b=c HTTP/1.1\r\nHost: shop\r\n")
                        && head.contains("X-Forwarded-For: 127.0.0.1\r\n")
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\(isTold ? "told" : "lost") \(number)")
                }
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    for number in 0..<3 {
                        client.send(Self.get)
                        #expect(client.read(until: "told \(number)"))
                    }
                }
                #expect(upstream.connections == 1)
            }
        }

        @Test("bodies of all kinds pass both ways as they are", arguments: ["length", "chunks", "until closing"])
        func bodies(kind: String) async throws {
            let size = 3_000_000
            let payload = String(repeating: "0123456789", count: size / 10)
            let upstream = try TestUpstream { peer in
                let count = peer.readCount(untilSuffix: kind == "chunks" ? "0\r\n\r\n" : "END")
                // Whoever got less of the request says nothing.
                guard count > size else { return }
                switch kind {
                case "length": peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n\(payload)")
                case "chunks":
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in 0..<3 { peer.send("F4240\r\n\(payload.prefix(1_000_000))\r\n") }
                    peer.send("0\r\n\r\n")
                default: peer.send("HTTP/1.1 200 OK\r\n\r\n\(payload)")
                }
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    let length = kind == "chunks" ? "Transfer-Encoding: chunked" : "Content-Length: \(size + 3)"
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\(length)\r\n\r\n")
                    if kind == "chunks" {
                        for _ in 0..<3 { client.send("F4240\r\n\(payload.prefix(1_000_000))\r\n") }
                        client.send("3\r\nEND\r\n0\r\n\r\n")
                    } else {
                        client.send(payload + "END")
                    }
                    let answer = client.readAll()
                    let body = answer.components(after: "\r\n\r\n")
                    if kind == "length" {
                        #expect(body.utf8.count == size)
                    } else {
                        #expect(answer.contains("Transfer-Encoding: chunked\r\n"))
                        #expect(body.hasSuffix("0\r\n\r\n") && body.utf8.count > size)
                    }
                }
            }
        }

        /// What an upstream does with a request, and what the client gets.
        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var script: @Sendable (TestUpstream.Peer) -> Void
            /// Of a whole answer; nil: the answer breaks off.
            var status: Int?
            /// What the answer has in it.
            var text: String

            init(
                _ what: String, _ status: Int?, _ text: String,
                _ script: @escaping @Sendable (TestUpstream.Peer) -> Void
            ) {
                (testDescription, self.status, self.text, self.script) = (what, status, text, script)
            }
        }

        static let cases = [
            Case("closes at once", 499, "brokenOff") { $0.read() },
            Case("resets at once", 499, "brokenOff") { peer in
                peer.read()
                peer.reset()
            },
            Case("is silent", 499, "timeout") { peer in
                peer.read()
                peer.waitForEnd()
            },
            Case("is silent within the head", 499, "timeout") { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Le")
                peer.waitForEnd()
            },
            Case("closes within the head", 499, "brokenOff") { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Le")
            },
            Case("sends garbage", 499, "unreadable") { peer in
                peer.read()
                peer.send("SSH-2.0-OpenSSH_9.2\r\n")
                peer.waitForEnd()
            },
            Case("sends a head without end", 499, "unreadable") { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 100_000))
                peer.waitForEnd()
            },
            Case("sends two lengths", 499, "unreadable") { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
                peer.waitForEnd()
            },
            Case("answers byte by byte", 200, "ok") { peer in
                peer.read()
                for character in Self.ok { peer.send(String(character)) }
                peer.waitForEnd()
            },
            Case("sends an interim answer first", 200, "HTTP/1.1 103 Early Hints\r\n") { peer in
                peer.read()
                peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Self.ok)
                peer.waitForEnd()
            },
            Case("says nothing but that there is nothing", 204, "HTTP/1.1 204 ") { peer in
                peer.read()
                peer.send("HTTP/1.1 204 No Content\r\n\r\n")
                peer.waitForEnd()
            },
            Case("sends less than it said", nil, "half") { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            },
            Case("sends a chunk that is none", nil, "half") { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\n")
                peer.waitForEnd()
            },
            Case("changes the protocol unasked", 499, "unreadable") { peer in
                peer.read()
                peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nsmuggled")
                peer.waitForEnd()
            },
            Case("gives one interim answer after the other", 499, "unreadable") { peer in
                peer.read()
                for _ in 0..<20 { peer.send("HTTP/1.1 102 Processing\r\n\r\n") }
                peer.waitForEnd()
            },
            Case("sends more than it said", 200, "ok") { peer in
                peer.read()
                peer.send(Self.ok + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")
                peer.waitForEnd()
            },
        ]

        @Test("whatever the upstream does, the client is told what there is to be told", arguments: cases)
        func misbehaving(_ bad: Case) async throws {
            let upstream = try TestUpstream { bad.script($0) }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address], { $0.answerTimeout = .milliseconds(100) }) { port in
                    let client = try PlainClient(port: port)
                    client.send(Self.get)
                    if let status = bad.status {
                        #expect(client.read(until: bad.text))
                        #expect(client.received.contains("HTTP/1.1 \(status) "))
                        #expect(!client.received.contains("smuggled"))
                    } else {
                        let all = client.readAll()
                        #expect(all.isEmpty || all.contains("HTTP/1.1 200 OK"))
                        #expect(!all.hasSuffix("0\r\n\r\n"))
                    }
                }
            }
        }

        @Test("an upstream that takes no connections is told apart")
        func unreachable() async throws {
            let closed = try TestUpstream { _ in }.port
            try await forwarded(to: ["127.0.0.1:\(closed)"]) { port in
                let client = try PlainClient(port: port)
                client.send(Self.get)
                #expect(client.read(until: "unreachable"))
                client.clear()
                client.send(Self.get)
                #expect(client.read(until: "unreachable"))
            }
        }

        @Test("an instance that takes no connections costs nobody an answer")
        func oneOfTwo() async throws {
            let closed = try TestUpstream { _ in }.port
            let upstream = try TestUpstream { peer in
                while !peer.read().isEmpty { peer.send(Self.ok) }
            }
            try await upstream.during { upstream in
                try await forwarded(to: ["127.0.0.1:\(closed)", upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    for _ in 0..<50 {
                        client.clear()
                        client.send(Self.get)
                        #expect(client.read(until: "\r\n\r\nok"))
                    }
                }
            }
        }

        @Test("a kept connection that turns out to be closed is replaced, for what may be asked twice")
        func stale() async throws {
            let upstream = try TestUpstream { peer in
                peer.read()
                peer.send(Self.ok)
                // The second request finds the connection open, and then closed.
                if peer.number == 0 { peer.read() } else { peer.waitForEnd() }
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    for _ in 0..<2 {
                        client.clear()
                        client.send(Self.get)
                        #expect(client.read(until: "\r\n\r\nok"))
                    }
                }
                #expect(upstream.connections == 2)
            }
        }

        @Test("what must not be asked twice is not asked twice")
        func notRepeated() async throws {
            let upstream = try TestUpstream { peer in
                peer.read()
                peer.send(Self.ok)
                peer.read()
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    client.send(Self.get)
                    #expect(client.read(until: "\r\n\r\nok"))
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
                    #expect(client.read(until: "brokenOff"))
                }
                #expect(upstream.connections == 1)
            }
        }

        @Test("an answer that comes before the whole request reaches the client, and ends its connection")
        func early() async throws {
            let upstream = try TestUpstream { peer in
                peer.read()
                peer.send("HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nless")
                peer.waitForEnd()
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nsome")
                    let answer = client.readAll()
                    #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.hasSuffix("less"))
                    #expect(answer.contains("Connection: close\r\n"))
                }
            }
        }

        @Test("a body that is none is the client's fault, and nothing of the upstream's is held against it")
        func unreadableBody() async throws {
            let upstream = try TestUpstream { peer in
                peer.read()
                peer.waitForEnd()
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\n")
                    let answer = client.readAll()
                    #expect(answer.hasPrefix("HTTP/1.1 499 ") && answer.contains("unreadable("))
                }
            }
        }

        @Test("after an upgrade both sides say what they like, until one ends")
        func upgrade() async throws {
            let upstream = try TestUpstream { peer in
                let head = peer.read()
                guard head.contains("Upgrade: websocket\r\n") else { return }
                peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello")
                peer.send("you said \(peer.read(until: "PING"))")
                peer.read(until: "BYE")
            }
            try await upstream.during { upstream in
                try await forwarded(to: [upstream.address]) { port in
                    let client = try PlainClient(port: port)
                    client.send("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
                    #expect(client.read(until: "hello"))
                    #expect(client.received.contains("HTTP/1.1 101 "))
                    client.send("PING")
                    #expect(client.read(until: "you said PING"))
                    client.send("BYE")
                    _ = client.readAll()
                }
            }
        }
    }

    extension String {
        /// What follows the first `mark`.
        fileprivate func components(after mark: String) -> String {
            firstRange(of: mark).map { String(self[$0.upperBound...]) } ?? ""
        }
    }
#endif
