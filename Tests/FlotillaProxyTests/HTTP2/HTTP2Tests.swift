#if os(Linux)
    internal import CNGHTTP2
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import Testing

    @Suite("HTTP/2, over sockets", .timeLimit(.minutes(2))) struct HTTP2Tests {
        @Test("requests side by side are answered, whoever answers them, and each with its own answer")
        func sideBySide() async throws {
            try await withLoopServer(.echo) { port in
                let client = HTTP2Client(try WireClient(port: port))
                for round in 0..<5 {
                    let ids = (0..<90).map { number in
                        client.ask(HTTP2Client.head("GET", number % 3 == 0 ? "/now\(number)" : "/\(round)-\(number)"))
                    }
                    client.go { client in ids.allSatisfy { client.answers[$0]?.isOver == true } }
                    for (number, id) in ids.enumerated() {
                        let answer = client.answers[id]
                        #expect(answer?.text == (number % 3 == 0 ? "no /now\(number)" : "</\(round)-\(number) 0>"))
                        #expect(answer?.status == (number % 3 == 0 ? "503" : "200"))
                        #expect(answer?.field("date")?.hasSuffix("GMT") == true && answer?.reset == nil)
                    }
                }
                #expect(client.settings[Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue)] == 100)
            }
        }

        @Test("bodies come whole, larger than the windows, with a length and without", arguments: [true, false])
        func bodies(hasLength: Bool) async throws {
            let door = TestDoor { path, isBodyHere in
                if path == "/collect", !isBodyHere { return .collect }
                return .respond { request, channel in
                    let sum = request.body.reduce(into: UInt64(0)) { $0 = $0 &* 31 &+ UInt64($1) }
                    channel.send(AnswerHead(status: 200), Array("\(request.body.count) \(sum)".utf8))
                }
            }
            try await withLoopServer(door, { $0.bodyBytesMax = 1 << 23 }) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
                let sum = body.reduce(into: UInt64(0)) { $0 = $0 &* 31 &+ UInt64($1) }
                let length = hasLength ? [("content-length", "\(body.count)")] : []
                for path in ["/collect", "/task"] {
                    #expect(client.fetch("POST", path, length, body: body).text == "\(body.count) \(sum)")
                }
                #expect(client.fetch("POST", "/task", body: []).text == "0 0")
            }
        }

        @Test("an answer in parts comes whole, and what writes it waits for the client")
        func stream() async throws {
            let written = Counter()
            let door = TestDoor.tasks { _, channel in
                channel.begin(AnswerHead(status: 200))
                do {
                    for number in 0..<300 {
                        try await channel.write([UInt8](repeating: UInt8(number % 251), count: 10_000))
                        written.add(1)
                    }
                    channel.end()
                } catch {
                    Issue.record(error)
                }
            }
            try await withLoopServer(door) { port in
                let client = HTTP2Client(try WireClient(port: port), takes: false)
                let id = client.ask(HTTP2Client.head("GET", "/"))
                // What one window holds; nothing more comes before the client says so.
                #expect(client.go { ($0.answers[id]?.body.count ?? 0) >= 65_535 })
                written.rest()
                #expect(written.value < 100)
                client.take(10_000_000)
                let answer = client.answer(to: id)
                #expect(answer.body.count == 3_000_000 && answer.isWhole && answer.reset == nil)
                #expect(answer.body == (0..<300).flatMap { [UInt8](repeating: UInt8($0 % 251), count: 10_000) })
            }
        }

        @Test("a stream that is reset ends what works for it")
        func clientReset() async throws {
            let began = Counter()
            let ended = Counter()
            let door = TestDoor.tasks { _, channel in
                channel.begin(AnswerHead(status: 200))
                began.add(1)
                await channel.over()
                ended.add(1)
            }
            try await withLoopServer(door) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let id = client.ask(HTTP2Client.head("GET", "/"))
                #expect(client.go { $0.answers[id]?.status == "200" })
                client.reset(id)
                client.flush()
                while ended.value == 0 { yieldThread() }
                #expect(began.value == 1)
                // The connection goes on.
                let next = client.ask(HTTP2Client.head("GET", "/"))
                #expect(client.go { $0.answers[next]?.status == "200" })
            }
            #expect(ended.value == 2)
        }

        @Test("an answer that breaks off is seen to be not whole: the stream is reset, and no other is disturbed")
        func broken() async throws {
            let door = TestDoor.tasks { request, channel in
                if request.text(request.head.path) == "/half" {
                    channel.begin(AnswerHead(status: 200))
                    try? await channel.write(Array("half".utf8))
                } else if request.text(request.head.path) == "/whole" {
                    channel.send(AnswerHead(status: 200), Array("whole".utf8))
                }
            }
            try await withLoopServer(door) { port in
                let client = HTTP2Client(try WireClient(port: port))
                for path in ["/half", "/nothing"] {
                    let answer = client.fetch("GET", path)
                    #expect(answer.reset == NGHTTP2_INTERNAL_ERROR.rawValue && !answer.isWhole)
                }
                #expect(client.fetch("GET", "/whole").text == "whole")
            }
        }

        @Test("an answer before the whole request comes whole, and the rest of the request need not")
        func early() async throws {
            try await withLoopServer(.echo) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let id = client.ask(HTTP2Client.head("POST", "/now"), body: [1, 2, 3], staysOpen: true)
                #expect(client.go { $0.answers[id]?.isWhole == true })
                #expect(client.answers[id]?.text == "no /now" && client.answers[id]?.reset == nil)
                #expect(client.fetch("GET", "/x").text == "</x 0>")
            }
        }

        @Test("HEAD has no body, and says how long it would be")
        func head() async throws {
            try await withLoopServer(.echo) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let answer = client.fetch("HEAD", "/abc")
                #expect(answer.isWhole && answer.body.isEmpty && answer.field("content-length") == "8")
                let waiting = client.fetch("PUT", "/collect", [("expect", "100-continue")], body: Array("hello".utf8))
                #expect(waiting.statuses == ["100", "200"] && waiting.text == "</collect 5>")
            }
        }

        @Test("the preface may come byte by byte, and what is no preface is answered as HTTP/1.1")
        func preface() async throws {
            try await withLoopServer(.echo) { port in
                let slow = try WireClient(port: port)
                for character in "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" { slow.send(String(character)) }
                slow.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
                // SETTINGS is the first thing a server says.
                #expect(slow.receive()?[3] == 4)
                let late = try WireClient(port: port)
                late.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                #expect(late.readAll().hasSuffix("http2-preface)"))
            }
        }

        // MARK: Requests that are none

        @Test(
            "what is no request is reset, and the connection goes on",
            arguments: [
                [("connection", "close")], [("transfer-encoding", "chunked")], [("te", "gzip")], [("upgrade", "x")],
                [(":path", "/again")], [("x", "a\r\nb: c")], [("content-length", "5")], [("x y", "z")],
            ])
        func malformed(more: [(String, String)]) async throws {
            try await withLoopServer(.echo) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let answer = client.fetch("GET", "/x", more)
                #expect(answer.reset == NGHTTP2_PROTOCOL_ERROR.rawValue && answer.statuses.isEmpty)
                #expect(client.fetch("GET", "/x").text == "</x 0>")
            }
        }

        @Test("what is a request, but not one that is taken, is answered by the door")
        func refused() async throws {
            let door = TestDoor.echo
            try await withLoopServer(door, { $0.headBytesMax = 2_048; $0.targetBytesMax = 100 }) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let long = String(repeating: "a", count: 200)
                #expect(client.fetch("GET", "/\(long)").text.contains("target"))
                #expect(client.fetch("GET", "/x", [("host", "other")]).text == "unreadable(host-repeated)")
                let fields = (0..<20).map { ("field-\($0)", long) }
                #expect(client.fetch("GET", "/x", fields).text == "unreadable(head-too-large)")
                #expect(client.fetch("GET", "/x").text == "</x 0>")
                #expect(client.goodbye == nil)
            }
        }

        @Test("a body that is too long is refused before it is there")
        func tooLong() async throws {
            try await withLoopServer(.echo, { $0.bodyBytesMax = 1_000 }) { port in
                let client = HTTP2Client(try WireClient(port: port))
                let body = [UInt8](repeating: 1, count: 5_000)
                #expect(client.fetch("POST", "/x", [("content-length", "5000")], body: body).text == "bodyTooLong")
                #expect(client.fetch("POST", "/x", body: body).text == "bodyTooLong")
                #expect(client.fetch("GET", "/x").text == "</x 0>")
            }
        }
    }
#endif
