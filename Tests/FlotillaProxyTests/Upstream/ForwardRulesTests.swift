#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Testing

    @Suite("What a route changes on what is forwarded", .timeLimit(.minutes(2))) struct ForwardRulesTests {
        private static let rules = ForwardRules(
            host: Array("inside".utf8), requestWithout: [Array("x-secret".utf8)],
            answerWithout: [Array("server".utf8)], requestLines: Array("X-Route: orders\r\n".utf8),
            answerLines: Array("X-Frame: none\r\n".utf8))

        /// A door that forwards with the rules to `upstream`.
        private static func door(_ upstream: Upstream) -> TestDoor {
            TestDoor { _, _ in
                var forward = Forward(upstream, target: Array("/inner?x=1".utf8), rules: rules)
                forward.requestLines = Array("X-One: 1\r\n".utf8)
                forward.answerLines = Array("X-Two: 2\r\n".utf8)
                return .forward(forward)
            }
        }

        @Test("names go, lines come, on the request and on the answer; what is not named stays")
        func both() async throws {
            let upstream = try TestUpstream { peer in
                let head = peer.read()
                let isRight =
                    head.hasPrefix("GET /inner?x=1 HTTP/1.1\r\nHost: inside\r\n")
                    && head.contains("X-Route: orders\r\n") && head.contains("X-One: 1\r\n")
                    && head.contains("X-Kept: yes\r\n") && !head.lowercased().contains("x-secret")
                let text = isRight ? "right" : "wrong"
                peer.send("HTTP/1.1 200 OK\r\nServer: old\r\nX-Own: 1\r\nContent-Length: 5\r\n\r\n\(text)")
                // The next one has no rules, and must get none.
                let bare = peer.read()
                let isBare = bare.contains("Host: h\r\n") && !bare.contains("X-Route")
                peer.send("HTTP/1.1 200 OK\r\nServer: old\r\nContent-Length: 5\r\n\r\n\(isBare ? "plain" : "wrong")")
            }
            try await upstream.during { upstream in
                let target = try Upstream("backend", instances: [upstream.address])
                let ruled = Self.door(target)
                let door = TestDoor { path, isBodyHere in
                    path == "/bare" ? .forward(Forward(target)) : ruled.decision(path, isBodyHere)
                }
                try await withLoopServer(door) { port in
                    let client = try PlainClient(port: port)
                    client.send("GET /a HTTP/1.1\r\nHost: h\r\nX-SECRET: 1\r\nX-Kept: yes\r\n\r\n")
                    #expect(client.read(until: "\r\n\r\nright"))
                    let answer = client.received
                    #expect(answer.contains("X-Own: 1\r\n") && !answer.contains("Server: "))
                    #expect(answer.contains("X-Frame: none\r\n") && answer.contains("X-Two: 2\r\n"))
                    client.clear()
                    client.send("GET /bare HTTP/1.1\r\nHost: h\r\n\r\n")
                    #expect(client.read(until: "\r\n\r\nplain"))
                    #expect(client.received.contains("Server: old\r\n") && !client.received.contains("X-Frame"))
                }
            }
        }

        @Test("an interim answer gets no lines, the answer behind it does")
        func interim() async throws {
            let upstream = try TestUpstream { peer in
                peer.read()
                peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Misbehaviour.ok)
                peer.waitForEnd()
            }
            try await upstream.during { upstream in
                let door = Self.door(try Upstream("backend", instances: [upstream.address]))
                try await withLoopServer(door) { port in
                    let client = try PlainClient(port: port)
                    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                    #expect(client.read(until: "\r\n\r\nok"))
                    let parts = client.received.split(separator: "HTTP/1.1 ")
                    #expect(parts.count == 2 && !parts[0].contains("X-Frame") && parts[1].contains("X-Frame: none"))
                }
            }
        }

        @Test("what the gateway answers itself in place of an upstream gets the lines, too")
        func own() async throws {
            let nobody = try TestUpstream(isListening: false) { _ in }
            let door = Self.door(try Upstream("backend", instances: [nobody.address]))
            try await withLoopServer(door) { port in
                let client = try PlainClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(client.read(until: "unreachable"))
                #expect(client.received.contains("X-Frame: none\r\nX-Two: 2\r\n"))
            }
        }
    }
#endif
