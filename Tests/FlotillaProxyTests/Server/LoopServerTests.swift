#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import Glibc
    internal import Synchronization
    internal import Testing

    @Suite("Server on a loop, over sockets", .timeLimit(.minutes(2))) struct LoopServerTests {
        private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

        @Test("pipelined requests are answered in their order, whoever answers them", arguments: [1, 3])
        func pipelined(threads: Int) async throws {
            let received = try await withLoopServer(.echo, threads: threads) { port in
                let client = try PlainClient(port: port)
                client.send((0..<500).map { Self.get($0 % 3 == 0 ? "/now\($0)" : "/\($0)") }.joined())
                client.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                return client.readAll()
            }
            var rest = received[...]
            for number in 0..<500 {
                let answer = try #require(rest.firstRange(of: number % 3 == 0 ? "no /now\(number)H" : "</\(number) 0>"))
                #expect(!rest[..<answer.lowerBound].contains("</"))
                rest = rest[answer.upperBound...]
            }
            #expect(received.hasSuffix("</last 0>"))
        }

        @Test("a request may come byte by byte")
        func bytewise() async throws {
            try await withLoopServer(.echo) { port in
                let client = try PlainClient(port: port)
                let text = "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                for character in text { client.send(String(character)) }
                #expect(client.read(until: "</b 3>"))
            }
        }

        @Test("a head that takes too long is refused, and the connection closed")
        func slowHead() async throws {
            try await withLoopServer(.echo, { $0.headTimeout = .milliseconds(50) }) { port in
                let client = try PlainClient(port: port)
                client.send("GET / HTTP/1.1\r\nHo")
                #expect(client.readAll().hasSuffix("headTooSlow"))
            }
        }

        @Test("a body that takes too long is refused, and the connection closed")
        func slowBody() async throws {
            try await withLoopServer(.echo, { $0.bodyTimeout = .milliseconds(50) }) { port in
                let client = try PlainClient(port: port)
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
                #expect(client.readAll().hasSuffix("bodyTooSlow"))
            }
        }

        @Test("a connection on which nothing happens is closed without a word, before the first request and after it")
        func idle() async throws {
            try await withLoopServer(.echo, { $0.idleTimeout = .milliseconds(50) }) { port in
                #expect(try PlainClient(port: port).readAll().isEmpty)
                let client = try PlainClient(port: port)
                client.send(Self.get("/x"))
                #expect(client.readAll().hasSuffix("</x 0>"))
            }
        }

        @Test("a client that has said all it has to say gets its answer", arguments: ["/now", "/task"])
        func halfClosed(path: String) async throws {
            try await withLoopServer(.echo) { port in
                let client = try PlainClient(port: port)
                client.send(Self.get(path))
                client.endOutput()
                #expect(client.readAll().contains(path))
            }
        }

        @Test("a request that breaks off is refused")
        func brokenOff() async throws {
            try await withLoopServer(.echo) { port in
                for text in ["GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"] {
                    let client = try PlainClient(port: port)
                    client.send(text)
                    client.endOutput()
                    #expect(client.readAll().hasSuffix("incomplete"))
                }
            }
        }

        @Test("what is answered before its body has come is followed by the next request")
        func skippedBody() async throws {
            try await withLoopServer(.echo) { port in
                let client = try PlainClient(port: port)
                client.send("POST /now HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n")
                #expect(client.read(until: "no /now"))
                client.send(String(repeating: "x", count: 200_000) + Self.get("/next"))
                #expect(client.read(until: "</next 0>"))
            }
        }

        @Test("a body is collected before the second question, and the client asked for it")
        func collected() async throws {
            try await withLoopServer(.echo) { port in
                let client = try PlainClient(port: port)
                client.send("PUT /collect HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                #expect(client.read(until: "HTTP/1.1 100 Continue\r\n\r\n"))
                client.send("hello")
                #expect(client.read(until: "</collect 5>"))
            }
        }

        @Test("HTTP/1.0 is kept open when it asks for it, and gets no chunks")
        func oldVersion() async throws {
            let door = TestDoor.tasks { request, channel in
                guard request.text(request.head.path) == "/stream" else {
                    return channel.send(AnswerHead(status: 200), Array("whole".utf8))
                }
                channel.begin(AnswerHead(status: 200))
                do {
                    try await channel.write(Array("part".utf8))
                    channel.end()
                } catch {
                    Issue.record(error)
                }
            }
            try await withLoopServer(door) { port in
                let client = try PlainClient(port: port)
                client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(client.read(until: "whole"))
                #expect(client.received.contains("connection: keep-alive\r\n"))
                client.clear()
                client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let answer = client.readAll()
                #expect(answer.hasSuffix("\r\n\r\npart"))
                #expect(!answer.contains("chunked") && answer.contains("connection: close\r\n"))
            }
        }

        @Test("more connections than allowed wait until one closes")
        func connectionLimit() async throws {
            try await withLoopServer(.echo, { $0.connectionsMax = 2 }) { port in
                var clients = [try PlainClient(port: port), try PlainClient(port: port)]
                for client in clients {
                    client.send(Self.get("/in"))
                    #expect(client.read(until: "</in 0>"))
                }
                let third = try PlainClient(port: port)
                third.send(Self.get("/third"))
                clients[0].clear()
                clients[0].send(Self.get("/again"))
                #expect(clients[0].read(until: "</again 0>"))
                clients.removeFirst()
                #expect(third.read(until: "</third 0>"))
            }
        }

        @Test("a client that does not read slows the stream, and ends it when it goes")
        func backPressure() async throws {
            let written = Written()
            let door = TestDoor.tasks { _, channel in
                channel.begin(AnswerHead(status: 200))
                let part = [UInt8](repeating: 120, count: 10_000)
                do {
                    for _ in 0..<100_000 {
                        try await channel.write(part)
                        written.count.wrappingAdd(1, ordering: .sequentiallyConsistent)
                    }
                } catch {
                    written.hasEnded.store(true, ordering: .sequentiallyConsistent)
                }
            }
            try await withLoopServer(door) { port in
                var client: PlainClient? = try PlainClient(port: port, receiveBytes: 4_096)
                client?.send(Self.get("/"))
                #expect(client?.read(until: "xxx") == true)
                // The writer comes to rest: what it has written stays the same for a while.
                var last = -1
                var calm = 0
                while calm < 2_000 {
                    let now = written.count.load(ordering: .sequentiallyConsistent)
                    calm = now == last ? calm + 1 : 0
                    last = now
                    sched_yield()
                }
                #expect(last < 90_000)
                client = nil
                while !written.hasEnded.load(ordering: .sequentiallyConsistent) { sched_yield() }
            }
        }

        @Test("when it is stopped, idle connections are closed and what runs is finished")
        func drain() async throws {
            let entered = Gate()
            let answered = Gate()
            let go = Gate()
            let door = TestDoor.tasks { request, channel in
                if request.text(request.head.path) == "/slow" {
                    entered.open()
                    await go.pass()
                }
                channel.send(AnswerHead(status: 200), Array("done".utf8))
            }
            let (ports, portSink) = AsyncStream.makeStream(of: Int.self)
            let server = LoopServer(door: door, port: 0, world: .system()) { portSink.yield($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                var numbers = ports.makeAsyncIterator()
                let port = await numbers.next() ?? 0
                async let idle = onThread {
                    let client = try PlainClient(port: port)
                    client.send(Self.get("/quick"))
                    let isAnswered = client.read(until: "done")
                    answered.open()
                    guard isAnswered else { return "not answered" }
                    client.clear()
                    return client.readAll()
                }
                async let busy = onThread {
                    let client = try PlainClient(port: port)
                    client.send(Self.get("/slow"))
                    return client.readAll()
                }
                await entered.pass()
                await answered.pass()
                group.cancelAll()
                #expect(try await idle.isEmpty)
                go.open()
                let answer = try await busy
                #expect(answer.hasSuffix("done") && answer.contains("connection: close\r\n"))
                try await group.waitForAll()
            }
        }

        @Test("a task that does not answer breaks the connection off")
        func forgotten() async throws {
            try await withLoopServer(.tasks { _, _ in }) { port in
                let client = try PlainClient(port: port)
                client.send(Self.get("/"))
                #expect(client.readAll().isEmpty)
            }
        }

        private final class Written: Sendable {
            let count = Atomic(0)
            let hasEnded = Atomic(false)
        }
    }
#endif
