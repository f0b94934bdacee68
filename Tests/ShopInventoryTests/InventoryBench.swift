internal import FlotillaCore
internal import FlotillaTesting
internal import Synchronization

@testable internal import ShopInventory

/// ``ServiceBench`` for Inventory, whose gRPC host is waited for on the clock: it is moved on until the service runs.
enum InventoryBench {
    static func run(
        _ service: InventoryService, in folder: TemporaryFolder? = nil, _ body: (ServiceBench) async throws -> Void
    ) async throws {
        let time = ManualTime()
        let isRunning = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled, !isRunning.isRaised.load(ordering: .relaxed) {
                    if time.sleeperCount > 0 { time.advance(by: .milliseconds(1)) }
                    await Task.yield()
                }
            }
            defer { group.cancelAll() }
            try await ServiceBench.run(service, in: folder, time: time) { bench in
                isRunning.isRaised.store(true, ordering: .relaxed)
                try await body(bench)
            }
        }
    }

    private final class Flag: Sendable {
        let isRaised = Atomic(false)
    }
}
