internal import ShopSimulation
internal import Testing

@Suite struct RegressionTests {
    @Test("what a seed has shown once does not come back", .serialized, arguments: RegressionSeed.all)
    func holds(_ run: RegressionSeed) async throws {
        let result = try await SimulationProgram.run(["--seed", "\(run.seed)", "--minutes", "\(run.minutes)"])
        #expect(result.code == 0, "\(result.output)")
    }
}
