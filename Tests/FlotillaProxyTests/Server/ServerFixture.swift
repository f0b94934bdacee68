#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy

    /// A door made of closures.
    struct TestDoor: RequestDoor {
        var decision: @Sendable (_ path: String, _ isBodyHere: Bool) -> DoorDecision
        /// Of the answer to what is refused.
        var status: @Sendable (RequestRefusal) -> Int = { _ in 499 }

        func decide(_ request: borrowing RequestView) -> DoorDecision {
            decision(request.withBytes { request.head.path.text(of: $0) }, request.isBodyHere)
        }

        func refuse(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer {
            ReadyAnswer(AnswerHead(status: status(refusal), reason: "Refused"), Array("\(refusal)".utf8))
        }

        /// Answers `/now…` on the loop's thread, all else by a task, with what was asked.
        static let echo = TestDoor { path, isBodyHere in
            if path.hasPrefix("/now") { return .answer(ReadyAnswer(AnswerHead(status: 503), Array("no \(path)".utf8))) }
            if path.hasPrefix("/collect"), !isBodyHere { return .collect }
            return .respond { request, channel in
                let target = request.text(request.head.target)
                channel.send(AnswerHead(status: 200), Array("<\(target) \(request.body.count)>".utf8))
            }
        }

        /// Answers everything by a task.
        static func tasks(
            _ respond: @escaping @Sendable (ArrivedRequest, ResponseChannel) async -> Void
        ) -> TestDoor {
            TestDoor { _, _ in .respond(respond) }
        }
    }

    /// A server on a free port for the time of `body`, which blocks as it likes.
    func withLoopServer<T: Sendable>(
        _ door: TestDoor, threads: Int = 1, tls: TLSContext? = nil,
        _ change: (inout ConnectionLimits) -> Void = { _ in },
        _ body: @escaping @Sendable (_ port: Int) throws -> T
    ) async throws -> T {
        var limits = ConnectionLimits()
        change(&limits)
        let (ports, portSink) = AsyncStream.makeStream(of: Int.self)
        let server = LoopServer(
            door: door, port: 0, threads: threads, limits: limits, tls: tls, world: .system()) { portSink.yield($0) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { portSink.finish() }
                try await server.run()
            }
            var port = 0
            for await number in ports {
                port = number
                break
            }
            let actual = port
            let value = try await onThread { try body(actual) }
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    /// Lets one side wait for the other, on threads and in tasks.
    final class Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream() }
        func open() { continuation.yield() }
        func pass() async {
            for await _ in stream { break }
        }
    }
#endif
