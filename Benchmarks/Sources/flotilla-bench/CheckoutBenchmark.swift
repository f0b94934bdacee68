import FlotillaConfiguration
import FlotillaCore
import Foundation
import ShopSystem

/// The whole Shop over sockets: 64 customers, each placing an order and watching its stream to the end.
///
/// The customers are threads of this process with plain blocking sockets, so that they cost little
/// beside what is measured; their CPU time is counted in.
struct CheckoutBenchmark {
    private let customers = 64
    private let ordersEach = 60
    private let looksEach = 300

    func run(into table: inout FigureTable) async throws {
        let folder = try ScratchFolder()
        // Nobody may be turned away: what is measured is the Shop, not its door.
        let configuration = try BenchShop.configuration(data: folder.path, sheds: false)
        let begin = Usage.now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ready, readySink) = AsyncStream.makeStream(of: ShopApplication.Addresses.self)
            group.addTask { try await ShopApplication(configuration).run { readySink.yield($0) } }
            var port = 0
            for await addresses in ready {
                port = addresses.gatewayPort
                break
            }
            let start = Usage.now().since(begin)
            table.add("start to ready, demo data seeded", String(format: "%.2f s", start.seconds), aim: "2 s")
            let (shopPort, customers, ordersEach, looksEach) = (port, customers, ordersEach, looksEach)
            // Threads, not tasks: they block on their sockets.
            let results = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(returning: Result { try LoadRun(
                        port: shopPort, customers: customers, ordersEach: ordersEach, looksEach: looksEach).run() })
                }
            }
            let figures = try results.get()
            let count = customers * ordersEach
            table.add(
                "orders completed per second, through the gateway", perSecond(count, figures.checkout),
                aim: "at least 300, aim 800")
            table.add("CPU per 1,000 orders, customers included", cpuPerThousand(count, figures.checkout), aim: "2 s")
            table.add("POST /orders p50/p95/p99, 64 customers", figures.posts.percentiles())
            table.add("click to completed p50/p95/p99, 64 customers", figures.orders.percentiles())
            table.add("GET /products/{id} p50/p95/p99, 64 customers", figures.looks.percentiles())
            table.add("GET /products/{id} per second", perSecond(customers * looksEach, figures.browsing))
            table.add("resident memory after the run", "\(Machine.residentMegabytes()) MB", aim: "200 MB")
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
    }
}

/// What the customers did and how long it took.
struct LoadFigures: Sendable {
    var checkout = Usage(seconds: 0, cpu: 0)
    var browsing = Usage(seconds: 0, cpu: 0)
    var posts = Samples()
    var orders = Samples()
    var looks = Samples()
}
