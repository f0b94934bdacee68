#if os(Linux)
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Testing

    @Suite("Rules, repeats and ends of requests that come by HTTP/2", .timeLimit(.minutes(2))) struct StreamEndTests {
        private static func door(_ upstream: Upstream, _ recorder: EndRecorder) -> TestDoor {
            TestDoor { _, _ in
                var forward = Forward(
                    upstream,
                    rules: ForwardRules(
                        answerWithout: [Array("server".utf8)], answerLines: Array("X-Frame: none\r\n".utf8)))
                forward.watcher = recorder
                return .forward(forward)
            }
        }

        @Test("each stream is told once: whole, sent again, failed, taken back")
        func ends() async throws {
            let recorder = EndRecorder(repeats: 1)
            let bad = try TestUpstream { peer in
                while !peer.read().isEmpty { peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") }
            }
            // Whose address comes last is asked first, and then every second time.
            let good = try TestUpstream.healthy(before: bad.address) { peer in
                while true {
                    let head = peer.read()
                    guard !head.isEmpty else { return }
                    if head.contains("/long") {
                        peer.send("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 100\r\n\r\nhalf")
                        return peer.waitForEnd()
                    }
                    peer.send("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\n\r\nok")
                }
            }
            try await bad.during { bad in
                try await good.during { good in
                    let upstream = try Upstream(
                        "backend", instances: [good.address, bad.address],
                        balancer: BalancerPolicy(algorithm: .roundRobin, slowStart: nil), outliers: nil)
                    try await withLoopServer(Self.door(upstream, recorder)) { port in
                        let client = HTTP2Client(try WireClient(port: port))
                        let statuses = (0..<4).map { _ in client.fetch("GET", "/").status }
                        #expect(statuses == ["200", "503", "200", "503"])
                        let long = client.ask(HTTP2Client.head("GET", "/long"))
                        #expect(client.go { $0.answers[long]?.text == "half" })
                        let answer = client.answers[long]
                        #expect(answer?.field("server") == nil && answer?.field("x-frame") == "none")
                        client.reset(long)
                        client.flush()
                    }
                    #expect(upstream.snapshot().endpoints.map(\.inFlight) == [0, 0])
                }
            }
            #expect(recorder.all == ["200×2", "503×1", "200×1", "503×1", "200+gone×1"])
        }
    }
#endif
