#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import Synchronization
    internal import Testing

    /// What clients that ask for nothing may do to those that do.
    @Suite("Crowds", .timeLimit(.minutes(2))) struct CrowdTests {
        private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

        /// A connection that is there for certain, having had an answer.
        private static func idle(_ port: Int) throws -> PlainClient {
            let client = try PlainClient(port: port)
            client.send(get("/now"))
            guard client.read(until: "no /now") else { throw SystemFailure("no answer") }
            client.clear()
            return client
        }

        @Test("beside hundreds that are idle or half open requests are answered; heads without end are all cut")
        func besides() async throws {
            try await withLoopServer(.echo, { $0.headTimeout = .seconds(1) }) { port in
                let idle = try (0..<200).map { _ in try PlainClient(port: port) }
                let halfOpen = try (0..<200).map { _ in try PlainClient(port: port) }
                for (index, client) in halfOpen.enumerated() {
                    client.send(String(Self.get("/half").prefix(1 + index % 20)))
                }
                let client = try PlainClient(port: port)
                for number in 0..<100 {
                    client.send(Self.get("/\(number)"))
                    #expect(client.read(until: "</\(number) 0>"))
                }
                for client in halfOpen { #expect(client.readAll().hasSuffix("headTooSlow")) }
                for client in [idle[0], idle[199]] {
                    client.send(Self.get("/late"))
                    #expect(client.read(until: "</late 0>"))
                }
            }
        }

        @Test("a byte now and then does not keep a head's connection open")
        func trickle() async throws {
            try await withLoopServer(.echo, { $0.headTimeout = .milliseconds(100) }) { port in
                let slow = try PlainClient(port: port)
                let client = try PlainClient(port: port)
                let time = SystemTime()
                let end = time.uptime + .milliseconds(300)
                slow.send("GET / HTTP/1.1\r\nX: ")
                while time.uptime < end {
                    slow.send("x")
                    client.send(Self.get("/now"))
                    #expect(client.read(until: "no /now"))
                    client.clear()
                }
                #expect(slow.readAll().hasSuffix("headTooSlow"))
            }
        }

        @Test("when there is no room for one more, the one that has been idle for longest goes")
        func oldest() async throws {
            try await withLoopServer(.echo, { $0.connectionsMax = 8 }) { port in
                let first = try (0..<8).map { _ in try Self.idle(port) }
                // It is used, so it is not the oldest any more.
                first[0].send(Self.get("/again"))
                #expect(first[0].read(until: "</again 0>"))
                let newcomer = try PlainClient(port: port)
                newcomer.send(Self.get("/new"))
                #expect(newcomer.read(until: "</new 0>"))
                #expect(first[1].readAll().isEmpty)
                for client in [first[0], first[2], first[7]] {
                    client.send(Self.get("/still"))
                    #expect(client.read(until: "</still 0>"))
                }
            }
        }

        @Test("who has sent a part of a head is not idle, and does not make room")
        func halfOpenStays() async throws {
            try await withLoopServer(.echo, { $0.connectionsMax = 4 }) { port in
                let halfOpen = try (0..<3).map { _ in try Self.idle(port) }
                let idle = try Self.idle(port)
                for client in halfOpen { client.send("GET /whole HTTP/1.1\r\n") }
                // What they sent has been read when this is answered, for it came before.
                idle.send(Self.get("/now"))
                #expect(idle.read(until: "no /now"))
                let newcomer = try PlainClient(port: port)
                newcomer.send(Self.get("/new"))
                #expect(newcomer.read(until: "</new 0>"))
                for client in halfOpen {
                    client.send("Host: h\r\n\r\n")
                    #expect(client.read(until: "</whole 0>"))
                }
            }
        }

        @Test("while all have a request, one more waits, and is answered as soon as one of them is")
        func waits() async throws {
            let running = Mutex((now: 0, most: 0))
            let gates = (0..<4).map { _ in Gate() }
            let door = TestDoor.tasks { request, channel in
                let number = Int(request.text(request.head.path).dropFirst()) ?? 0
                running.withLock { count in
                    count.now += 1
                    count.most = max(count.most, count.now)
                }
                await gates[number].pass()
                running.withLock { $0.now -= 1 }
                channel.send(AnswerHead(status: 200), Array("done".utf8))
            }
            try await withLoopServer(door, { $0.connectionsMax = 3 }) { port in
                let clients = try (0..<4).map { _ in try PlainClient(port: port) }
                for (number, client) in clients.enumerated() {
                    client.send("GET /\(number) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                }
                for (client, gate) in zip(clients, gates) {
                    gate.open()
                    #expect(client.readAll().hasSuffix("done"))
                }
            }
            #expect(running.withLock { $0.most } <= 3)
        }
    }
#endif
