internal import ShopSimulation
internal import Testing

/// `shop sim --scenario storm`: trouble that could outlast its cause does not, and would without what prevents it.
@Suite struct StormTests {
    @Test("every storm ends in full service", arguments: ["retry-storm", "cold-cache", "slow-dependency", "overload"])
    func recovers(storm: String) async throws {
        let result = try await SimulationProgram.run(["--scenario", storm, "--seed", "1", "--seeds", "6"])
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output.contains("\(storm): 6 seeds"), "\(result.output)")
    }

    @Test("each mechanism that is broken is missed", arguments: KnownSeed.storms.map(\.seed.mutant))
    func isFound(mutant: String) async throws {
        let known = try #require(KnownSeed.storms.first { $0.seed.mutant == mutant })
        let result = try await SimulationProgram.run(
            ["--scenario", known.storm, "--mutate", known.seed.mutant, "--seed", "\(known.seed.run.seed)"])
        #expect(result.code == 1, "\(result.output)")
        let healthy = try await SimulationProgram.run(
            ["--scenario", known.storm, "--seed", "\(known.seed.run.seed)"])
        #expect(healthy.code == 0, "\(healthy.output)")
    }

    @Test("every mechanism has a known seed, and the same seed is the same storm")
    func known() async throws {
        let list = try await SimulationProgram.run(["--scenario", "storm", "--mutate", "list"])
        #expect(list.code == 0)
        let names = list.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        #expect(names == KnownSeed.storms.map(\.seed.mutant))
        let first = try await SimulationProgram.run(["--scenario", "cold-cache", "--seed", "3", "--digest"])
        let second = try await SimulationProgram.run(["--scenario", "cold-cache", "--seed", "3", "--digest"])
        let other = try await SimulationProgram.run(["--scenario", "cold-cache", "--seed", "4", "--digest"])
        func digest(_ result: SimulationProgram.Result) -> Substring { result.output.prefix { $0 != " " } }
        #expect(digest(first) == digest(second))
        #expect(digest(first) != digest(other))
    }

    @Test("a name nobody knows is a usage error", arguments: [
        ["--scenario", "drizzle"], ["--scenario", "storm", "--mutate", "nobody"],
    ])
    func usage(arguments: [String]) async throws {
        let result = try await SimulationProgram.run(arguments)
        #expect(result.code == 64)
        #expect(result.output.contains("There is no "), "\(result.output)")
    }
}
