internal import Testing

/// `shop sim` as whoever runs it sees it.
@Suite struct SimCommandTests {
    private static func digest(seed: Int) async throws -> Substring? {
        let result = try await SimulationProgram.run(["--seed", "\(seed)", "--minutes", "1", "--digest"])
        #expect(result.code == 0, "\(result.output)")
        return result.output.split(separator: "\n").first { $0.hasSuffix("  seed \(seed)") }?.prefix { $0 != " " }
    }

    @Test("the same seed gives the same history to the byte, another seed another one")
    func digests() async throws {
        // In this one a full queue is told of by the database's path, which no two processes have in common.
        let first = try #require(try await Self.digest(seed: 6))
        #expect(first.count == 64)
        #expect(try await Self.digest(seed: 6) == first)
        let other = try #require(try await Self.digest(seed: 7))
        #expect(other.count == 64)
        #expect(other != first)
    }

    @Test("what cannot be run is a usage error, and says why", arguments: [
        (["--mutate", "nobody"], "There is no mutant 'nobody'"), (["--minutes", "0"], "--minutes is 0"),
        (["--seeds", "0"], "--seeds is 0"), (["--seed", "x"], "--seed"), (["--processes", "257"], "--processes is 257"),
    ])
    func usage(arguments: [String], message: String) async throws {
        let result = try await SimulationProgram.run(arguments)
        #expect(result.code == 64)
        #expect(result.output.contains(message), "\(result.output)")
    }

    @Test("the list of what can be broken has a name and a sentence each")
    func mutants() async throws {
        let result = try await SimulationProgram.run(["--mutate", "list"])
        #expect(result.code == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count >= 20)
        #expect(lines.contains { $0.hasPrefix("drop-fsync  ") })
        #expect(lines.allSatisfy { $0.contains("  ") && $0.hasSuffix(".") }, "\(result.output)")
    }
}
