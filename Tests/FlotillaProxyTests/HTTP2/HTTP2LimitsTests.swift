#if os(Linux)
    internal import CNGHTTP2
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import Testing

    @Suite("What a connection of HTTP/2 puts up with", .timeLimit(.minutes(2))) struct HTTP2LimitsTests {
        private static let calm = NGHTTP2_ENHANCE_YOUR_CALM.rawValue
        private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])

        private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
            let count = payload.count
            let length = [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255)]
            return length + [type, flags, 0, 0, 0, stream] + payload
        }

        /// The code of the GOAWAY that ends what the server says; nil when there is none.
        private static func goodbye(_ bytes: [UInt8]) -> UInt8? {
            var place = 0
            var code: UInt8?
            while place + 9 <= bytes.count {
                let count = Int(bytes[place]) << 16 | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2])
                if bytes[place + 3] == 7, place + 17 <= bytes.count { code = bytes[place + 16] }
                place += 9 + count
            }
            return code
        }

        @Test("requests that are asked for and taken back at once end the connection (rapid reset)")
        func rapidReset() async throws {
            let running = Counter()
            let door = TestDoor.tasks { _, channel in
                running.add(1)
                await channel.over()
            }
            try await withLoopServer(door) { port in
                let client = HTTP2Client(try WireClient(port: port))
                client.go { !$0.settings.isEmpty }
                for _ in 0..<2_000 where client.goodbye == nil {
                    let id = client.ask(HTTP2Client.head("GET", "/"))
                    client.flush()
                    client.reset(id)
                    client.flush()
                }
                client.readToEnd()
                #expect(client.goodbye?.code == Self.calm)
            }
            #expect(running.value < 1_000)
        }

        @Test("a page that is left, with all that was asked for it, is no attack")
        func leftPage() async throws {
            try await withLoopServer(.echo) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let ids = (0..<100).map { client.ask(HTTP2Client.head("GET", "/\($0)")) }
                client.flush()
                for id in ids { client.reset(id) }
                #expect(client.fetch("GET", "/next").text == "</next 0>" && client.goodbye == nil)
            }
        }

        @Test(
            "frames that ask for nothing, in masses, end the connection",
            arguments: ["PING", "SETTINGS", "PRIORITY", "empty DATA"])
        func idleFrames(kind: String) async throws {
            try await withLoopServer(.tasks { _, channel in await channel.over() }) { port in
                let client = try WireClient(port: port)
                // A request with a body: literal fields without indexing.
                let head: [UInt8] = [0x83, 0x87, 0x84, 0x01, 1, 0x68]
                client.send(Self.preface + Self.frame(1, 4, 1, head))
                let one =
                    switch kind {
                    case "PING": Self.frame(6, 0, 0, [UInt8](repeating: 1, count: 8))
                    case "SETTINGS": Self.frame(4, 0, 0, [])
                    case "PRIORITY": Self.frame(2, 0, 1, [0, 0, 0, 0, 16])
                    default: Self.frame(0, 0, 1, [])
                    }
                for _ in 0..<30 { client.send(Array([[UInt8]](repeating: one, count: 100).joined())) }
                _ = client.readAll()
                #expect(Self.goodbye(client.received).map { UInt32($0) } == Self.calm)
            }
        }

        @Test("a head in endless frames ends the connection (CONTINUATION flood)", arguments: [0, 1_000])
        func continuations(bytes: Int) async throws {
            try await withLoopServer(.echo, { $0.headBytesMax = 4_096 }) { port in
                let client = try WireClient(port: port)
                client.send(Self.preface + Self.frame(1, 0, 1, [0x82, 0x87, 0x84, 0x01, 1, 0x68]))
                // Literal fields, never indexed: name "a", and a value.
                let value = [UInt8](repeating: 0x78, count: min(bytes, 100))
                let field: [UInt8] = [0x10, 1, 0x61, UInt8(value.count)] + value
                let payload = Array([[UInt8]](repeating: field, count: bytes / 100).joined())
                let one = Self.frame(9, 0, 1, payload)
                for _ in 0..<5_000 { client.send(one) }
                _ = client.readAll()
                #expect(Self.goodbye(client.received) != nil)
            }
        }

        @Test("a head that never ends, and a connection on which nothing is asked, are left")
        func slow() async throws {
            try await withLoopServer(.echo, { $0.headTimeout = .milliseconds(50) }) { port in
                let client = try WireClient(port: port)
                client.send(Self.preface + Self.frame(1, 0, 1, [0x82, 0x87]))
                _ = client.readAll()
            }
            try await withLoopServer(.echo, { $0.idleTimeout = .milliseconds(300) }) { port in
                let client = HTTP2Client(try WireClient(port: port))
                #expect(client.fetch("GET", "/x").text == "</x 0>")
                client.readToEnd()
                #expect(client.goodbye?.code == 0 && client.goodbye?.last == 1)
            }
        }

        @Test("a body that takes too long is refused, and one that is not read is given up, each for itself")
        func slowBodies() async throws {
            let door = TestDoor { path, _ in
                if path == "/long" {
                    return .answer(ReadyAnswer(AnswerHead(status: 200), [UInt8](repeating: 1, count: 200_000)))
                }
                return .respond { _, channel in channel.send(AnswerHead(status: 200), []) }
            }
            try await withLoopServer(door, { $0.bodyTimeout = .milliseconds(50) }) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let slow = client.ask(HTTP2Client.head("POST", "/x"), body: [1], staysOpen: true)
                #expect(client.go { $0.answers[slow]?.isWhole == true })
                #expect(client.answers[slow]?.text == "bodyTooSlow")
                #expect(client.fetch("GET", "/x").status == "200")
            }
            try await withLoopServer(door, { $0.idleTimeout = .milliseconds(200) }) { port in
                let client = HTTP2Client(try WireClient(port: port), takes: false)
                let long = client.fetch("GET", "/long")
                #expect(long.reset == NGHTTP2_INTERNAL_ERROR.rawValue && long.body.count == 65_535)
            }
        }

        @Test("no more requests at once than the server has said")
        func concurrency() async throws {
            let most = Counter()
            let running = Counter()
            let door = TestDoor.tasks { _, channel in
                running.add(1)
                most.add(max(0, running.value - most.value))
                await channel.over()
                running.add(-1)
            }
            try await withLoopServer(door) { port in
                // As clients do that have not read the settings yet.
                let client = HTTP2Client(try WireClient(port: port), streamsMax: 1_000)
                let ids = (0..<150).map { _ in client.ask(HTTP2Client.head("GET", "/")) }
                client.go { client in ids.count { client.answers[$0]?.reset != nil } == 50 }
                #expect(ids.suffix(50).allSatisfy { client.answers[$0]?.reset == NGHTTP2_REFUSED_STREAM.rawValue })
            }
            #expect(most.value <= 100)
        }

        @Test("when the server is stopped, what runs is finished, and the client is told what was not looked at")
        func drain() async throws {
            let entered = Gate()
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
                async let busy = onThread {
                    let client = HTTP2Client(try WireClient(port: port))
                    let quick = client.fetch("GET", "/quick")
                    let slow = client.ask(HTTP2Client.head("GET", "/slow"))
                    #expect(client.go { $0.goodbye != nil })
                    go.open()
                    let answer = client.answer(to: slow)
                    client.readToEnd()
                    return (quick.text, answer.text, client.goodbye?.last == slow, client.goodbye?.code)
                }
                await entered.pass()
                group.cancelAll()
                #expect(try await busy == ("done", "done", true, 0))
                try await group.waitForAll()
            }
        }
    }
#endif
