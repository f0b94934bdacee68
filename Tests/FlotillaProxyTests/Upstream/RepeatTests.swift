#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Synchronization
    internal import Testing

    @Suite("What is sent again, and to whom", .timeLimit(.minutes(2))) struct RepeatTests {
        private static let get = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        private static let post = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"

        /// Sends a request to a bad instance and, if that is repeated, a healthy one; the first is asked first.
        private func sent(
            _ request: String, _ fault: Misbehaviour, _ recorder: EndRecorder?
        ) async throws -> String {
            let bad = try TestUpstream(isListening: fault != .refuses) { fault.play($0) }
            let good = try TestUpstream.healthy(before: bad.address)
            return try await bad.during { bad in
                try await good.during { good in
                    let upstream = try Upstream(
                        "backend", instances: [bad.address, good.address],
                        balancer: BalancerPolicy(algorithm: .roundRobin), outliers: nil)
                    let door = TestDoor { _, _ in
                        var forward = Forward(upstream)
                        forward.watcher = recorder
                        return .forward(forward)
                    }
                    return try await withLoopServer(door) { port in
                        let client = try PlainClient(port: port)
                        client.send(request)
                        return String(client.readAll().dropFirst(9).prefix(3))
                    }
                }
            }
        }

        @Test("what was not sent is sent elsewhere, whatever it is", arguments: [get, post])
        func unsent(request: String) async throws {
            let recorder = EndRecorder(repeats: 1)
            #expect(try await sent(request, .refuses, recorder) == "200")
            #expect(recorder.all == ["200×2"] && recorder.questions == 1)
            // Without anybody to ask, too.
            #expect(try await sent(request, .refuses, nil) == "200")
        }

        @Test("what was sent is sent again when it has no body and may be asked twice", arguments: [
            Misbehaviour.closes, .resets, .sendsGarbage, .answers503, .answers500,
        ])
        func sentBefore(fault: Misbehaviour) async throws {
            let asked = EndRecorder(repeats: 1)
            #expect(try await sent(Self.get, fault, asked) == "200")
            #expect(asked.all == ["200×2"] && asked.questions == 1)
            let never = EndRecorder(repeats: 9)
            let answer = try await sent(Self.post, fault, never)
            let usual = [Misbehaviour.answers503: "503", .answers500: "500"][fault] ?? "499"
            #expect(answer == usual)
            #expect(never.questions == 0 && never.all.count == 1)
            // Nobody is asked, and nothing is sent again.
            #expect(try await sent(Self.get, fault, nil) == usual)
        }

        @Test("a watcher that does not want it is obeyed, and told the end that it was asked about")
        func refused() async throws {
            let recorder = EndRecorder()
            #expect(try await sent(Self.get, .answers503, recorder) == "503")
            #expect(recorder.all == ["503×1"] && recorder.questions == 1)
        }

        @Test("with nobody else, and a watcher that always wants it, there is an end to it all the same")
        func bounded() async throws {
            let nobody = try TestUpstream(isListening: false) { _ in }
            let upstream = try Upstream("backend", instances: [nobody.address], outliers: nil)
            let recorder = EndRecorder(repeats: .max)
            let door = TestDoor { _, _ in
                var forward = Forward(upstream)
                forward.watcher = recorder
                return .forward(forward)
            }
            try await withLoopServer(door) { port in
                let client = try PlainClient(port: port)
                client.send(Self.get)
                #expect(client.readAll().contains("unreachable"))
            }
            #expect(recorder.all == ["unreachable×\(Forwarding.attemptsMax)"])
        }

        @Test("a kept connection that turns out to be closed is no failure: nobody is asked")
        func stale() async throws {
            let recorder = EndRecorder()
            let upstream = try TestUpstream { peer in
                peer.read()
                peer.send(Misbehaviour.ok)
                if peer.number == 0 { peer.read() } else { peer.waitForEnd() }
            }
            try await upstream.during { upstream in
                let target = try Upstream("backend", instances: [upstream.address])
                let door = TestDoor { _, _ in
                    var forward = Forward(target)
                    forward.watcher = recorder
                    return .forward(forward)
                }
                try await withLoopServer(door) { port in
                    let client = try PlainClient(port: port)
                    for _ in 0..<2 {
                        client.clear()
                        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                        #expect(client.read(until: "\r\n\r\nok"))
                    }
                }
                #expect(target.snapshot().endpoints.map(\.failures) == [0])
            }
            #expect(recorder.all == ["200×1", "200×2"] && recorder.questions == 0)
        }
    }
#endif
