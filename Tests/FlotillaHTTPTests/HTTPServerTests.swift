internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("HTTP server over sockets", .timeLimit(.minutes(5))) struct HTTPServerTests {
    @Test("requests on one connection are answered one after the other", arguments: ServerKind.allCases)
    func keepAlive(_ kind: ServerKind) async throws {
        try await withServer(kind, echo) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "GET /a%20b?x=1 0 127.0.0.1"))
                try await connection.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
                #expect(try await connection.read(until: "POST /b? 5 127.0.0.1"))
                #expect(connection.received.contains("Content-Length: "))
                #expect(connection.received.contains("Date: "))
            }
        }
    }

    @Test("a chunked body is put together", arguments: ServerKind.allCases)
    func chunked(_ kind: ServerKind) async throws {
        try await withServer(kind, echo) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send(
                    "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
                #expect(try await connection.read(until: "POST /c? 7"))
            }
        }
    }

    @Test("HEAD has no body, and the connection stays usable", arguments: ServerKind.allCases)
    func head(_ kind: ServerKind) async throws {
        try await withServer(kind, echo) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "GET /next?"))
                #expect(!connection.received.contains("HEAD /h?"))
            }
        }
    }

    @Test("a body that says it is too long is refused, with and without Expect",
        arguments: ServerKind.allCases, [true, false])
    func declaredTooLong(_ kind: ServerKind, expects: Bool) async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 100
        try await withServer(kind, echo, limits: limits) { port, _ in
            try await withConnection(port) { connection in
                let expect = expects ? "Expect: 100-continue\r\n" : ""
                try await connection.send("POST / HTTP/1.1\r\nHost: h\r\n\(expect)Content-Length: 101\r\n\r\n")
                if !expects { try await connection.send(String(repeating: "x", count: 101)) }
                #expect(try await connection.read(until: "/problems/too-large"))
                #expect(connection.received.hasPrefix("HTTP/1.1 413"))
                #expect(connection.received.contains("X-Trace-ID: "))
            }
        }
    }

    @Test("a chunked body that turns out too long is refused", arguments: ServerKind.allCases)
    func chunkedTooLong(_ kind: ServerKind) async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 1_000
        try await withServer(kind, echo, limits: limits) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = String(repeating: "x", count: 256)
                for _ in 0..<10 { try await connection.send("100\r\n\(chunk)\r\n") }
                try await connection.send("0\r\n\r\n")
                #expect(try await connection.read(until: "/problems/too-large"))
                #expect(connection.received.hasPrefix("HTTP/1.1 413"))
            }
        }
    }

    @Test(
        "a body as long as allowed is taken, after 100 Continue where that is asked for",
        arguments: ServerKind.allCases)
    func exactlyAllowed(_ kind: ServerKind) async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 5
        try await withServer(kind, echo, limits: limits) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send(
                    "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                #expect(try await connection.read(until: "100 Continue\r\n\r\n"))
                try await connection.send("hello")
                #expect(try await connection.read(until: "POST /? 5"))
            }
        }
    }

    @Test("garbage does no harm", arguments: ServerKind.allCases, [
        "\r\n\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + "GET /smuggled HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
        "G\u{E9}T / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: \u{1}\r\n\r\n",
    ])
    func garbage(_ kind: ServerKind, text: String) async throws {
        try await withServer(kind, echo) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send(text)
                // Whatever is answered, the connection comes to its end, maybe before more can be sent.
                do {
                    try await connection.send("GET /after HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    _ = try await connection.readAll()
                } catch { _ = error }
                #expect(!connection.received.contains("GET /smuggled"))
            }
            try await withConnection(port) { connection in
                try await connection.send("GET /still-here HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "GET /still-here?"))
            }
        }
    }

    @Test("a stream arrives while it is made, and ends with its maker", arguments: ServerKind.allCases)
    func stream(_ kind: ServerKind) async throws {
        let go = Signal<Void>()
        let responder = ClosureResponder { _ in
            .events { events in
                try await events.send("state", data: "created")
                _ = await go.next()
                try await events.send("state", data: "paid")
            }
        }
        try await withServer(kind, responder) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "data: created"))
                go.send(())
                #expect(try await connection.read(until: "0\r\n\r\n"))
                #expect(connection.received.contains("data: paid"))
            }
        }
    }

    @Test(
        "after a stream the connection is good for more, streams and others, also sent before its end",
        arguments: ServerKind.allCases)
    func reuse(_ kind: ServerKind) async throws {
        let responder = ClosureResponder { request in
            guard request.path == "/events" else { return .text("plain \(request.query)") }
            return .events { events in try await events.send(data: "event \(request.query)") }
        }
        try await withServer(kind, responder) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("GET /events?1 HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "data: event 1\n\n\r\n0\r\n\r\n"))
                #expect(connection.received.contains("transfer-encoding: chunked\r\n"))
                #expect(!connection.received.lowercased().contains("connection: close"))
                try await connection.send("GET /?2 HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "plain 2"))
                try await connection.send(
                    "GET /events?3 HTTP/1.1\r\nHost: h\r\n\r\nGET /?4 HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "plain 4"))
                #expect(connection.received.contains("data: event 3\n\n\r\n0\r\n\r\n"))
            }
        }
    }

    @Test("a receiver that goes away cancels a later stream of the connection as well", arguments: ServerKind.allCases)
    func laterDisconnect(_ kind: ServerKind) async throws {
        let ended = Signal<Bool>()
        let responder = ClosureResponder { request in
            .events { events in
                try await events.send(data: request.path)
                guard request.path == "/endless" else { return }
                for await _ in AsyncStream<Void>(unfolding: { await Task.yield(); return () }) {
                    if Task.isCancelled { break }
                }
                ended.send(Task.isCancelled)
            }
        }
        try await withServer(kind, responder) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("GET /short HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "data: /short\n\n\r\n0\r\n\r\n"))
                try await connection.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "data: /endless"))
            }
            #expect(await ended.next() == true)
        }
    }

    @Test("a receiver that goes away cancels the stream", arguments: ServerKind.allCases)
    func disconnect(_ kind: ServerKind) async throws {
        let ended = Signal<Bool>()
        let responder = ClosureResponder { _ in
            .events { events in
                try await events.send(data: "hello")
                let never = AsyncStream<Void> { _ in }
                for await _ in never {}
                ended.send(Task.isCancelled)
            }
        }
        try await withServer(kind, responder) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "data: hello"))
            }
            #expect(await ended.next() == true)
        }
    }

    @Test("a stream that fails breaks off, so that nobody takes it for whole", arguments: ServerKind.allCases)
    func brokenStream(_ kind: ServerKind) async throws {
        let responder = ClosureResponder { _ in
            Response(.ok, body: .stream { writer in
                try await writer.write(Array("half".utf8))
                throw UnknownFailure()
            })
        }
        try await withServer(kind, responder) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "half"))
                do { _ = try await connection.readAll() } catch { _ = error }
                #expect(!connection.received.contains("0\r\n\r\n"))
            }
        }
    }

    @Test("when it is stopped, requests under way are finished and streams ended", arguments: ServerKind.allCases)
    func drain(_ kind: ServerKind) async throws {
        let entered = Signal<Void>()
        let go = Signal<Void>()
        let ended = Signal<Void>()
        let responder = ClosureResponder { request in
            if request.path == "/events" {
                return .events { events in
                    try await events.send(data: "hello")
                    for await _ in AsyncStream<Void>(unfolding: { await Task.yield(); return () }) {
                        if Task.isCancelled { break }
                    }
                    ended.send(())
                }
            }
            entered.send(())
            _ = await go.next()
            return .text(Task.isCancelled ? "cancelled" : "finished")
        }
        try await withServer(kind, responder) { port, stop in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withConnection(port) { connection in
                        try await connection.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
                        #expect(try await connection.read(until: "finished"))
                    }
                }
                group.addTask {
                    try await withConnection(port) { connection in
                        try await connection.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n")
                        #expect(try await connection.read(until: "data: hello"))
                        _ = await entered.next()
                        stop.send(())
                        _ = await ended.next()
                        go.send(())
                        do { _ = try await connection.readAll() } catch { _ = error }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a port in use is an error that says so", arguments: ServerKind.allCases)
    func portInUse(_ kind: ServerKind) async throws {
        try await withServer(kind, echo) { port, _ in
            let error = try await #require(throws: ServiceError.self) {
                try await kind.run(echo, port: port)
            }
            #expect(error.slug == "port-in-use")
            #expect(error.detail.contains("port \(port) on 127.0.0.1 is in use"))
        }
    }

    @Test("an address that is not ours is an error that says so", arguments: ServerKind.allCases)
    func noSuchAddress(_ kind: ServerKind) async throws {
        let error = try await #require(throws: ServiceError.self) {
            try await kind.run(echo, port: 0, host: "192.0.2.1")
        }
        #expect(error.slug == "cannot-listen")
    }
}
