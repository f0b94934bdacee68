#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Testing

    @Suite("The end of a forwarded request is told once", .timeLimit(.minutes(2))) struct ForwardEndTests {
        private static let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

        /// What a watcher is told when `client` has done its part and the server has stopped.
        private func ends(
            attemptTimeout: Duration? = nil, _ script: @escaping @Sendable (TestUpstream.Peer) -> Void,
            client: @escaping @Sendable (PlainClient) throws -> Void
        ) async throws -> EndRecorder {
            let recorder = EndRecorder()
            let upstream = try TestUpstream(script)
            try await upstream.during { upstream in
                let target = try Upstream("backend", instances: [upstream.address], outliers: nil)
                let door = TestDoor { _, _ in
                    var forward = Forward(target)
                    (forward.watcher, forward.attemptTimeout) = (recorder, attemptTimeout)
                    return .forward(forward)
                }
                try await withLoopServer(door) { port in try client(try PlainClient(port: port)) }
                #expect(target.snapshot().endpoints.map(\.inFlight) == [0])
                if let end = recorder.last { #expect(end.instance == upstream.address && end.took <= .seconds(60)) }
            }
            return recorder
        }

        @Test("with the status of each whole answer")
        func whole() async throws {
            let recorder = try await ends { peer in
                for status in ["200 OK", "404 No", "500 Broken"] {
                    peer.read()
                    peer.send("HTTP/1.1 \(status)\r\nContent-Length: 2\r\n\r\nok")
                }
            } client: { client in
                for _ in 0..<3 {
                    client.clear()
                    client.send(Self.get)
                    #expect(client.read(until: "\r\n\r\nok"))
                }
            }
            #expect(recorder.all == ["200×1", "404×1", "500×1"])
        }

        @Test("when the client goes before the answer")
        func goneBefore() async throws {
            let recorder = try await ends { peer in
                peer.read()
                peer.send("HTTP/1.1 102 Processing\r\n\r\n")
                peer.waitForEnd()
            } client: { client in
                client.send(Self.get)
                #expect(client.read(until: "102"))
                client.willReset()
            }
            #expect(recorder.all == ["gone×1"])
        }

        @Test("when the client goes within the answer")
        func goneWithin() async throws {
            let recorder = try await ends { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                peer.waitForEnd()
            } client: { client in
                client.send(Self.get)
                #expect(client.read(until: "half"))
                client.willReset()
            }
            #expect(recorder.all == ["200+gone×1"])
        }

        @Test("when the client's body is none")
        func noBody() async throws {
            let recorder = try await ends { peer in
                peer.read()
                peer.waitForEnd()
            } client: { client in
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\n")
                #expect(client.readAll().contains("unreadable("))
            }
            #expect(recorder.all.count == 1 && recorder.last?.refusal != nil && recorder.last?.outcome == .callerFault)
        }

        @Test("when the rest of the client's body does not come in time: that is not the upstream's fault")
        func slowBody() async throws {
            let recorder = try await ends(attemptTimeout: .milliseconds(100)) { peer in
                peer.read()
                peer.waitForEnd()
            } client: { client in
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
                #expect(client.readAll().contains("bodyTooSlow"))
            }
            #expect(recorder.all == ["gone×1"] && recorder.last?.outcome == .abandoned)
        }

        @Test("an answer that has begun in time may take longer than that")
        func longAnswer() async throws {
            let recorder = try await ends(attemptTimeout: .seconds(1)) { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
                if peer.isPatient(for: 1_500) { peer.send("done") }
            } client: { client in
                client.send(Self.get)
                #expect(client.read(until: "halfdone"))
            }
            #expect(recorder.all == ["200×1"] && (recorder.last?.took ?? .seconds(9)) < .seconds(1))
        }

        @Test("when a tunnel ends, however long it was open, by either side")
        func tunnel() async throws {
            let upgrade = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
            for isClientFirst in [true, false] {
                let recorder = try await ends { peer in
                    peer.read()
                    peer.send(
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello")
                    if isClientFirst { peer.waitForEnd() } else { peer.read(until: "BYE") }
                } client: { client in
                    client.send(upgrade)
                    #expect(client.read(until: "hello"))
                    if isClientFirst {
                        client.willReset()
                    } else {
                        client.send("BYE")
                        _ = client.readAll()
                    }
                }
                #expect(recorder.all == ["101×1"] && recorder.last?.outcome == .success)
            }
        }

        @Test("when the server stops: a tunnel ends, an answer is finished")
        func drain() async throws {
            let recorder = try await ends { peer in
                peer.read()
                peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello")
                peer.waitForEnd()
            } client: { client in
                client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
                #expect(client.read(until: "hello"))
            }
            #expect(recorder.all == ["101×1"])
        }

        @Test("with no attempt when there was no time to begin with")
        func late() async throws {
            let recorder = EndRecorder()
            let upstream = try Upstream("backend", instances: ["127.0.0.1:9"])
            let door = TestDoor { _, _ in
                var forward = Forward(upstream)
                (forward.deadline, forward.watcher) = (.zero, recorder)
                return .forward(forward)
            }
            try await withLoopServer(door) { port in
                let client = try PlainClient(port: port)
                client.send(Self.get)
                #expect(client.read(until: "timeout"))
            }
            #expect(recorder.all == ["timeout×0"] && recorder.last?.outcome == .notAsked)
            #expect(recorder.questions == 0 && upstream.snapshot().picks == 0)
        }
    }
#endif
