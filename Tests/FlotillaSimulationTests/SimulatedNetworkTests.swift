internal import FlotillaCore
internal import FlotillaSimulation
internal import Testing

@Suite("The simulated network") struct SimulatedNetworkTests {
    private let scheduler = SimulationScheduler(seed: 3)
    private let network: SimulatedNetwork
    private let effects = Notes()

    init() {
        network = SimulatedNetwork(
            world: World(time: SimulatedTime(scheduler), random: SeededRandom(seed: 3)))
    }

    /// Sends `count` calls at once.
    ///
    /// - Returns: how many were answered.
    private func send(_ count: Int = 1, from: String = "a", to: String = "b") throws -> Int {
        let (network, effects) = (network, effects)
        return try scheduler.run {
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<count {
                    group.addTask {
                        do {
                            let answer = try await network.carry(from: from, to: to, method: "Add") {
                                effects.add("\(number)")
                                return number
                            }
                            return answer == number
                        } catch {
                            return (error as? ServiceError)?.kind != .timeout
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
        }
    }

    @Test("calls take their time, overtake each other, and all arrive")
    func delays() throws {
        #expect(try send(200) == 200)
        #expect(effects.all != (0..<200).map(String.init))
        #expect(effects.all.sorted() == (0..<200).map(String.init).sorted())
        let conditions = network.conditions
        #expect(scheduler.uptime > conditions.delayMin * 2)
        #expect(scheduler.uptime < (conditions.delayMin + conditions.delaySpread) * 2)
        #expect(network.counts.isEmpty)
    }

    @Test("a lost request has no effect; a lost answer has one; both hang until they are given up")
    func loss() throws {
        network.conditions.requestLoss = 1
        #expect(try send() == 0)
        #expect(effects.count == 0)
        #expect(scheduler.uptime >= .seconds(30))
        network.conditions.requestLoss = 0
        network.conditions.answerLoss = 1
        #expect(try send() == 0)
        #expect(effects.count == 1)
        #expect(scheduler.uptime >= .seconds(60))
        #expect(network.counts == [.requestLost: 1, .answerLost: 1])
    }

    @Test("a doubled request has its effect twice and one answer")
    func duplication() throws {
        network.conditions.duplication = 1
        #expect(try send() == 1)
        #expect(effects.all == ["0", "0"])
        #expect(network.counts == [.requestDoubled: 1])
    }

    @Test("shares are shares: what is lost is counted")
    func shares() throws {
        network.conditions.requestLoss = 0.1
        network.conditions.answerLoss = 0.1
        let answered = try send(1_000)
        let (requests, answers) = (network.counts[.requestLost] ?? 0, network.counts[.answerLost] ?? 0)
        #expect((60...140).contains(requests) && (50...130).contains(answers))
        #expect(answered == 1_000 - requests - answers)
        #expect(effects.count == 1_000 - requests)
    }

    @Test("a cut is one-way, and of two places; it is mended as often as it was made")
    func cuts() throws {
        network.cut(from: "a", to: "b")
        network.cut(from: "a", to: "b")
        #expect(network.isCut(from: "a", to: "b"))
        #expect(!network.isCut(from: "b", to: "a"))
        #expect(try send(from: "a", to: "b") == 0)
        #expect(effects.count == 0)
        // The other way round the request arrives, and its answer does not.
        #expect(try send(from: "b", to: "a") == 0)
        #expect(effects.count == 1)
        #expect(try send(from: "c", to: "b") == 1)
        network.mend(from: "a", to: "b")
        #expect(network.isCut(from: "a", to: "b"))
        network.mend(from: "a", to: "b")
        network.mend(from: "a", to: "b")
        #expect(try send(from: "a", to: "b") == 1)
        network.cut(from: "a", to: "b")
        #expect(network.isCut(from: "a", to: "b"), "a mend too many leaves no debt")
    }

    @Test("a call that hangs can be given up")
    func givenUp() throws {
        network.conditions.requestLoss = 1
        let network = network
        let time = SimulatedTime(scheduler)
        let wasCancelled = try scheduler.run {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        try await network.carry(from: "a", to: "b", method: "Add") {}
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                try await time.sleep(for: .seconds(2))
                group.cancelAll()
                return try await group.next() ?? false
            }
        }
        #expect(wasCancelled)
        #expect(scheduler.uptime == .seconds(2))
    }
}
