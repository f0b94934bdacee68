internal import ArgumentParser
internal import FlotillaRuntime
internal import FlotillaSimulation
internal import ShopCatalog
internal import ShopContracts
internal import ShopSimulation

/// `shop sim`: the whole Shop on a seeded scheduler, in virtual time, under faults.
struct SimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim", abstract: "Simulates the whole Shop under faults and checks what must always hold.",
        discussion: """
            A seed is one history: virtual time, some 600 orders, crashes, lost calls, broken disks, then quiet. The \
            same seed gives the same history to the byte. Exit code 0 when every invariant held, 1 when one broke.
            """)

    /// A handful: the more customers want the same thing, the more can go wrong.
    private static let productCount = 12

    @OptionGroup var options: SimulationOptions

    func run() async throws {
        let products = Array(DemoCatalog.products().prefix(Self.productCount))
        let duration = Duration.seconds(options.minutes * 60)
        // What customers meet is simulated, so their policies are: the Shop's own.
        let shape = ShopPolicies.shape(of: try FleetMap(ShopFleet.services(selling: products)))
        let policies = try LivePolicies.checked(ShopPolicies.file(nil).file, shape).file.book
        let runner = SimulationRunner(command: "shop sim", mutants: ShopMutants.all) {
            ShopScenario(
                services: ShopFleet.services(selling: products), products: products.map(\.id.text),
                policies: policies, duration: duration)
        }
        throw ExitCode(runner.run(options))
    }
}
