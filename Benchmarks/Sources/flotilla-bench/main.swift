import FlotillaCore
import Foundation

// Runs the benchmarks named on the command line, or all, and prints their figures as one table.
//
//     make bench                      all
//     make bench ARGS="append"        one of: start checkout direct append hand-over
//
setvbuf(stdout, nil, _IOLBF, 0)
let wanted = Set(CommandLine.arguments.dropFirst())
func isWanted(_ name: String) -> Bool { wanted.isEmpty || wanted.contains(name) }

var table = FigureTable()
print("Machine: \(Machine.describe())")
do {
    if isWanted("append") { try await AppendBenchmark().run(into: &table) }
    if isWanted("hand-over") { try await HandOverBenchmark().run(into: &table) }
    if isWanted("direct") { try await DirectCheckoutBenchmark().run(into: &table) }
    if isWanted("start") || isWanted("checkout") { try await CheckoutBenchmark().run(into: &table) }
} catch {
    print("The benchmark failed: \(error)")
    exit(1)
}
print(table.text)
