internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

@Suite("Bulkhead, as a value") struct BulkheadMachineTests {
    @Test("room, then the queue, then refusal; room goes to whoever waits longest")
    func order() {
        var machine = BulkheadMachine(BulkheadPolicy(concurrencyMax: 2, queueMax: 2))
        let tickets = (0..<5).map { _ in machine.makeTicket() }
        let entries = tickets.map { machine.enter($0) }
        #expect(entries == [.entered, .entered, .queued, .queued, .refused])
        let second = machine.leave()
        #expect(second == tickets[2])
        #expect(machine.running == 2, "the room was handed on, not freed")
        let overtook = machine.enterAtOnce()
        #expect(!overtook, "nobody overtakes the queue")
        let others = [machine.leave(), machine.leave(), machine.leave()]
        #expect(others == [tickets[3], nil, nil])
        #expect(machine.running == 0)
        #expect(machine.refusals == 1)
    }

    @Test("whoever gives up waiting gets no room later")
    func abandon() {
        var machine = BulkheadMachine(BulkheadPolicy(concurrencyMax: 1, queueMax: 3))
        let tickets = (0..<4).map { _ in machine.makeTicket() }
        for ticket in tickets { _ = machine.enter(ticket) }
        let gaveUp = [2, 2, 0].map { machine.abandon(tickets[$0], isRefusal: true) }
        #expect(gaveUp == [true, false, false], "it waits no more, or is inside already")
        let next = [machine.leave(), machine.leave()]
        #expect(next == [tickets[1], tickets[3]])
        #expect(machine.refusals == 1)
    }

    @Test("after any sequence of steps the bounds hold, nobody is lost and the order is that of arrival", arguments: [
        UInt64(1), 2, 3, 4, 5,
    ])
    func randomSteps(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let policy = BulkheadPolicy(concurrencyMax: random.int(in: 1...5), queueMax: random.int(in: 0...70))
        var machine = BulkheadMachine(policy)
        var inside: Set<UInt64> = []
        var waiting: [UInt64] = []
        for _ in 0..<5000 {
            switch random.int(in: 0...9) {
            case 0...4:
                let ticket = machine.makeTicket()
                switch machine.enter(ticket) {
                case .entered:
                    #expect(waiting.isEmpty)
                    inside.insert(ticket)
                case .queued: waiting.append(ticket)
                case .refused: #expect(waiting.count == policy.queueMax && inside.count == policy.concurrencyMax)
                }
            case 5...7:
                guard let leaving = inside.min() else { continue }
                inside.remove(leaving)
                let next = machine.leave()
                #expect(next == waiting.first)
                if let next {
                    waiting.removeFirst()
                    inside.insert(next)
                }
            default:
                guard !waiting.isEmpty else { continue }
                let leaver = waiting.remove(at: random.int(in: 0...waiting.count - 1))
                let left = machine.abandon(leaver, isRefusal: false)
                #expect(left)
            }
            #expect(machine.running == inside.count && machine.waiting == waiting.count)
            #expect(inside.count <= policy.concurrencyMax && waiting.count <= policy.queueMax)
        }
    }
}

@Suite("Bulkhead, in use") struct BulkheadTests {
    /// Starts `count` calls of a second each, 1 ms apart, and tells what became of each and when.
    private func calls(_ count: Int, _ policy: BulkheadPolicy, deadline: Duration = .seconds(60)) throws -> [String] {
        try ManualRun.of { world in
            let bulkhead = Bulkhead(target: "a → b", policy: policy, time: world.time)
            let record = Record<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for call in 0..<count {
                    group.addTask {
                        do {
                            try await bulkhead.run(before: Deadline(in: deadline, on: world.time)) {
                                try await world.time.sleep(for: .seconds(1))
                            }
                            record.add("\(call) done at \(world.time.uptime.milliseconds)")
                        } catch let error as ServiceError {
                            record.add("\(call) \(error.slug) at \(world.time.uptime.milliseconds)")
                        }
                    }
                    try await world.time.sleep(for: .milliseconds(1))
                }
                try await group.waitForAll()
            }
            let rest = bulkhead.snapshot()
            #expect(rest.running == 0 && rest.waiting == 0)
            return record.entries
        }
    }

    @Test("calls beyond the room wait in order, beyond the queue they are refused at once")
    func fullAndQueue() throws {
        let policy = BulkheadPolicy(concurrencyMax: 1, queueMax: 2, waitMax: .seconds(10))
        #expect(
            try calls(4, policy) == [
                "3 bulkhead-full at 3", "0 done at 1000", "1 done at 2000", "2 done at 3000",
            ])
    }

    @Test("nobody waits longer than the policy, or the deadline, allows")
    func patience() throws {
        let short = BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .milliseconds(400))
        #expect(try calls(2, short) == ["1 bulkhead-full at 401", "0 done at 1000"])
        let long = BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .seconds(30))
        #expect(try calls(2, long, deadline: .milliseconds(250)) == ["1 bulkhead-full at 251", "0 done at 1000"])
    }

    @Test("a policy without patience refuses at once")
    func noPatience() throws {
        let policy = BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .zero)
        #expect(try calls(2, policy) == ["1 bulkhead-full at 1", "0 done at 1000"])
    }

    @Test("a cancelled caller leaves the queue and the next one moves up")
    func cancelled() throws {
        let order = try ManualRun.of { world in
            let bulkhead = Bulkhead(
                target: "a → b", policy: BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .seconds(30)),
                time: world.time)
            let record = Record<String>()
            let call: @Sendable (String) async -> Void = { name in
                do {
                    try await bulkhead.run(before: Deadline(in: .seconds(60), on: world.time)) {
                        try await world.time.sleep(for: .seconds(1))
                    }
                    record.add("\(name) done")
                } catch { record.add("\(name) \(error is CancellationError ? "cancelled" : "failed")") }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await call("first") }
                try await world.time.sleep(for: .milliseconds(1))
                group.addTask {
                    await withTaskGroup(of: Void.self) { inner in
                        inner.addTask { await call("second") }
                        do { try await world.time.sleep(for: .milliseconds(500)) } catch { return }
                        inner.cancelAll()
                    }
                }
                try await world.time.sleep(for: .milliseconds(1))
                group.addTask { await call("third") }
                try await group.waitForAll()
            }
            #expect(bulkhead.snapshot().refusals == 0, "going away is not being refused")
            return record.entries
        }
        #expect(order == ["second cancelled", "first done", "third done"])
    }

    @Test("under many real threads it never lets in more than it has room for, and loses nobody")
    func stress() async throws {
        let world = World.system()
        let bulkhead = Bulkhead(
            target: "a → b", policy: BulkheadPolicy(concurrencyMax: 3, queueMax: 1000, waitMax: .seconds(60)),
            time: world.time)
        let peak = Record<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    try await bulkhead.run(before: Deadline(in: .seconds(60), on: world.time)) {
                        peak.add(bulkhead.snapshot().running)
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(peak.entries.count == 500)
        #expect(peak.entries.allSatisfy { (1...3).contains($0) })
        #expect(bulkhead.snapshot().running == 0 && bulkhead.snapshot().waiting == 0)
    }
}
