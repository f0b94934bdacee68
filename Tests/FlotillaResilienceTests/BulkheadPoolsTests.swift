internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

@Suite("Pools") struct BulkheadPoolsTests {
    private static let room = BulkheadPolicy(pool: "standard", concurrencyMax: 2, queueMax: 0)

    private static func registry(_ world: World, _ bulkhead: BulkheadPolicy = room) -> PolicyRegistry {
        let policy = CallPolicy(name: "test", retry: nil, breaker: nil, bulkhead: bulkhead)
        return PolicyRegistry(world: world, book: PolicyBook(standard: policy))
    }

    /// How many of `count` calls, spread over the targets, run at once; the others are refused.
    private static func running(_ targets: [String], _ count: Int, _ bulkhead: BulkheadPolicy) throws -> Int {
        try ManualRun.of { world in
            let registry = registry(world, bulkhead)
            let begun = Record<String>()
            await withTaskGroup(of: Void.self) { group in
                for call in 0..<count {
                    let subject = registry.callGuard(for: targets[call % targets.count])
                    group.addTask {
                        do {
                            try await subject.run(.test(world)) { _ in
                                begun.add(subject.target)
                                try await world.time.sleep(for: .seconds(1))
                            }
                        } catch {
                            #expect((error as? ServiceError)?.slug == "bulkhead-full")
                            #expect((error as? ServiceError)?.detail.contains(subject.target) == true)
                        }
                    }
                }
            }
            #expect(registry.poolSnapshots().allSatisfy { $0.room.running == 0 })
            return begun.entries.count
        }
    }

    @Test("targets of one caller share the pool that their policies name; another caller has its own")
    func shared() throws {
        #expect(try Self.running(["orders → a", "orders → b"], 6, Self.room) == 2)
        #expect(try Self.running(["orders → a", "carts → a"], 6, Self.room) == 4)
        var own = Self.room
        own.pool = nil
        #expect(try Self.running(["orders → a", "orders → b"], 6, own) == 4, "room of their own")
    }

    @Test("the pools are shown by caller and name")
    func snapshots() throws {
        let registry = Self.registry(.manual())
        for target in ["b → x", "a → x", "a → y"] { _ = registry.callGuard(for: target) }
        #expect(registry.poolSnapshots().map { "\($0.caller)/\($0.pool)" } == ["a/standard", "b/standard"])
        #expect(registry.poolSnapshots()[0].room.policy == Self.room)
    }

    @Test("the defaults are three pools: 20, 50 and 10 at once")
    func defaults() {
        let all = [CallPolicy.critical, .standard, .background].compactMap(\.bulkhead)
        #expect(all.map(\.pool) == ["critical", "standard", "background"])
        #expect(all.map(\.concurrencyMax) == [20, 50, 10])
    }

    @Test("two bounds for one pool are a conflict")
    func conflicts() {
        var other = CallPolicy.standard
        other.name = "other"
        other.bulkhead?.concurrencyMax = 7
        #expect(BulkheadPolicy.conflicts([.standard, .critical, .background, .standard]).isEmpty)
        #expect(BulkheadPolicy.conflicts([.standard, other]).first?.contains("'other'") == true)
        #expect(BulkheadPolicy(pool: "").problems().count == 1)
    }

    @Test("other bounds take effect at once: those who wait get the new room, those inside are not sent away")
    func adopt() throws {
        try ManualRun.of { world in
            let subject = Bulkhead(
                target: "a → b", policy: BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .seconds(30)),
                time: world.time)
            let entered = Record<Int64>()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        await #expect(throws: Never.self) {
                            try await subject.run(before: Deadline(in: .seconds(60), on: world.time)) {
                                entered.add(world.time.uptime.milliseconds)
                                try await world.time.sleep(for: .seconds(10))
                            }
                        }
                    }
                }
                await #expect(throws: Never.self) { try await world.time.sleep(for: .seconds(1)) }
                subject.adopt(BulkheadPolicy(concurrencyMax: 3, queueMax: 9, waitMax: .seconds(30)))
                #expect(subject.snapshot().running == 3 && subject.snapshot().waiting == 1)
                subject.adopt(BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .seconds(30)))
                #expect(subject.snapshot().running == 3, "nobody is sent away")
            }
            #expect(entered.entries == [0, 1000, 1000, 11_000])
            #expect(subject.snapshot().running == 0 && !subject.snapshot().policy.problems().isEmpty == false)
        }
    }

    @Test("instances: a full one says so at once, and has room again when one has left")
    func atOnce() {
        let subject = Bulkhead(
            target: "catalog 1", policy: BulkheadPolicy(concurrencyMax: 2, queueMax: 0), time: ManualTime())
        #expect([subject.enterAtOnce(), subject.enterAtOnce(), subject.enterAtOnce()] == [true, true, false])
        subject.leave()
        #expect(subject.enterAtOnce())
        subject.leave()
        subject.leave()
        #expect(subject.snapshot().running == 0)
    }

    @Test("entering at once, waiting, leaving and looking on real threads: never more inside than there is room")
    func threads() async throws {
        let world = World.system()
        let subject = Bulkhead(
            target: "a → b", policy: BulkheadPolicy(concurrencyMax: 2, queueMax: 1000, waitMax: .seconds(60)),
            time: world.time)
        let entered = await withTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var entered = 0
                    for _ in 0..<300 {
                        if task < 8 {
                            guard subject.enterAtOnce() else { continue }
                        } else {
                            do { try await subject.enter(before: Deadline(in: .seconds(60), on: world.time)) } catch {
                                #expect(Bool(false), "\(error)")
                                continue
                            }
                        }
                        entered += 1
                        #expect((1...2).contains(subject.snapshot().running))
                        subject.leave()
                    }
                    return entered
                }
            }
            return await group.reduce(0, +)
        }
        #expect(entered >= 8 * 300)
        #expect(subject.snapshot().running == 0 && subject.snapshot().waiting == 0)
    }
}
