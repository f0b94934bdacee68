internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Deadline") struct WithDeadlineTests {
    @Test("an answer in time is passed on, and no timer stays behind")
    func inTime() async throws {
        let time = ManualTime()
        let world = World.manual(time)
        let answer = try await withDeadline(.test(world, within: .seconds(5)), on: time) { _ in "answer" }
        #expect(answer == "answer")
        #expect(time.sleeperCount == 0)
    }

    @Test("a body that takes too long is cancelled at the deadline, and the error says who is unavailable")
    func tooLate() throws {
        let ended = Record<Duration>()
        let error = try ManualRun.of { world -> ServiceError? in
            do {
                try await withDeadline(.test(world, within: .seconds(5)), on: world.time, of: "Payments") { _ in
                    defer { ended.add(world.time.uptime) }
                    try await world.time.sleep(for: .seconds(3600))
                }
                return nil
            } catch let error as ServiceError {
                #expect(world.time.uptime == .seconds(5))
                return error
            }
        }
        #expect(ended.entries == [.seconds(5)], "the body has ended when the error is thrown")
        #expect(error?.kind == .timeout)
        #expect(error?.slug == "timeout")
        #expect(error?.isRetryable == true)
        #expect(error?.detail.contains("Payments is temporarily unavailable") == true)
    }

    @Test("what a body answers after it was cancelled at the deadline is not taken for an answer")
    func halfAnAnswer() throws {
        try ManualRun.of { world in
            let error = await #expect(throws: ServiceError.self) {
                try await withDeadline(.test(world, within: .seconds(1)), on: world.time) { _ in
                    do { try await world.time.sleep(for: .seconds(9)) } catch { return "the first half" }
                    return "all"
                }
            }
            #expect(error?.kind == .timeout)
        }
    }

    @Test("deadlines within deadlines: the earliest ends it, and all have ended when it is over")
    func nested() throws {
        try ManualRun.of { world in
            let ended = Record<String>()
            let outer = CallContext.test(world, within: .seconds(10))
            await #expect(throws: ServiceError.self) {
                try await withDeadline(outer, on: world.time, of: "outer") { context in
                    defer { ended.add("outer at \(world.time.uptime.milliseconds)") }
                    var inner = context
                    inner.deadline = context.deadline.shortened(to: .seconds(2), on: world.time)
                    try await withDeadline(inner, on: world.time, of: "inner") { _ in
                        defer { ended.add("inner at \(world.time.uptime.milliseconds)") }
                        try await world.time.sleep(for: .seconds(60))
                    }
                }
            }
            #expect(ended.entries == ["inner at 2000", "outer at 2000"])
        }
    }

    @Test("a deadline that is over starts nothing")
    func overAlready() async {
        let time = ManualTime()
        let context = CallContext.test(.manual(time), within: .seconds(1))
        time.advance(by: .seconds(1))
        let started = Record<Bool>()
        await #expect(throws: ServiceError.self) {
            try await withDeadline(context, on: time) { _ in started.add(true) }
        }
        #expect(started.entries.isEmpty)
    }

    @Test("what the body throws is passed on as it is")
    func bodyThrows() async {
        let time = ManualTime()
        await #expect(throws: ServiceError.self) {
            try await withDeadline(.test(.manual(time)), on: time) { _ in throw ServiceError.of(.conflict) }
        }
        #expect(time.sleeperCount == 0)
    }

    @Test("the caller's cancellation reaches the body at once and is not a timeout")
    func cancelled() throws {
        let error = try ManualRun.of { world -> (any Error)? in
            try await withThrowingTaskGroup(of: (any Error)?.self) { group in
                group.addTask {
                    do {
                        try await withDeadline(.test(world), on: world.time) { _ in
                            try await world.time.sleep(for: .seconds(30))
                        }
                        return nil
                    } catch { return error }
                }
                try await world.time.sleep(for: .seconds(2))
                group.cancelAll()
                let error = try await group.next() ?? nil
                #expect(world.time.uptime == .seconds(2))
                return error
            }
        }
        #expect(error is CancellationError)
    }

    @Test("a body that answers in spite of the caller's cancellation is heard")
    func answersAnyway() throws {
        let answer = try ManualRun.of { world in
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    try await withDeadline(.test(world), on: world.time) { _ in
                        do { try await world.time.sleep(for: .seconds(30)) } catch { return "committed" }
                        return "slept"
                    }
                }
                try await world.time.sleep(for: .seconds(1))
                group.cancelAll()
                return try await group.next()
            }
        }
        #expect(answer == "committed")
    }
}
