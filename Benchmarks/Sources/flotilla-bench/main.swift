import FlotillaCore
import Foundation

// Runs the benchmarks named on the command line, or all, and prints their figures as one table.
//
//     make bench                      all
//     make bench ARGS="append"        some of: append resilience hand-over balancer direct checkout overload
//
func runBenchmarks() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == ShopProcess.argument { return try await ShopProcess.be(Array(arguments.dropFirst())) }
    let wanted = Set(arguments)
    func isWanted(_ name: String) -> Bool { wanted.isEmpty || wanted.contains(name) }
    var table = FigureTable()
    say("Machine: \(Machine.describe())")
    if isWanted("append") { try await AppendBenchmark().run(into: &table) }
    if isWanted("resilience") { try await ResilienceBenchmark().run(into: &table) }
    if isWanted("hand-over") { try await HandOverBenchmark().run(into: &table) }
    if isWanted("balancer") { try BalancerBenchmark().run(into: &table) }
    if isWanted("direct") { try await DirectCheckoutBenchmark().run(into: &table) }
    if isWanted("checkout") { try await CheckoutBenchmark().run(into: &table) }
    if isWanted("overload") { try await OverloadBenchmark().run(into: &table) }
    say(table.text)
}

do {
    try await runBenchmarks()
} catch {
    say("The benchmark failed: \(error)")
    exit(1)
}
