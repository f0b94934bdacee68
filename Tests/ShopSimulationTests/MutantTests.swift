internal import FlotillaSimulation
internal import ShopSimulation
internal import Testing

/// The simulation can fail: each mutant is found where it was found before, and nothing else is found there.
///
/// Any change of services or workload moves what a seed does, so more seeds beyond the known one may be tried. When
/// a mutant needs most of them, or is not found any more, `Scripts/sim-mutants.sh --known` prints the table anew.
@Suite struct MutantTests {
    /// How many seeds beyond the known one are tried.
    private static let window = 60

    private static let known = KnownSeed.all
    private static let middle = known.count / 2

    @Test(.serialized, arguments: known[..<middle])
    func isFound(_ known: KnownSeed) async throws { try await replay(known) }

    @Test(.serialized, arguments: known[middle...])
    func isFoundToo(_ known: KnownSeed) async throws { try await replay(known) }

    @Test func everyMutantHasAKnownSeed() {
        let mutants = (Mutant.common + ShopMutants.all).map(\.name)
        #expect(mutants.count >= 20)
        #expect(Set(mutants).count == mutants.count)
        #expect(Self.known.map(\.mutant) == mutants)
    }

    /// What is found with a mutant is the mutant's doing.
    @Test(.serialized, arguments: Set(known.map(\.run)).sorted())
    func holdsWithoutMutants(_ run: KnownSeed.Run) async throws {
        let result = try await SimulationProgram.run(["--seed", "\(run.seed)", "--minutes", "\(run.minutes)"])
        #expect(result.code == 0, "\(result.output)")
    }

    private func replay(_ known: KnownSeed) async throws {
        let mutant = ["--mutate", known.mutant, "--minutes", "\(known.run.minutes)"]
        var result = try await SimulationProgram.run(mutant + ["--seed", "\(known.run.seed)"])
        if result.code == 0 {
            result = try await SimulationProgram.run(
                mutant + ["--seed", "\(known.run.seed + 1)", "--seeds", "\(Self.window)", "--processes", "1"])
        }
        #expect(result.code == 1, "\(known.mutant) was not found: \(result.output)")
    }
}
