import FlotillaConfiguration
import FlotillaCore
import Foundation
import ShopSystem

/// The Shop under twice the load it can bear, with shedding and without, and after it.
///
/// The load comes from one thread of this process and shares the machine's cores with the Shop: what it uses is
/// printed, and is not there for the Shop, at twice the load twice as much.
struct OverloadBenchmark {
    private let connections = 1_000
    private let customers = 64
    private let carts = 500

    func run(into table: inout FigureTable) async throws {
        let shedding = try await measure(sheds: true, peak: nil)
        report(shedding, "shedding on", into: &table, peak: shedding.peak.goodPerSecond)
        let none = try await measure(sheds: false, peak: shedding.peak.goodPerSecond)
        report(none, "shedding off", into: &table, peak: shedding.peak.goodPerSecond)
    }

    /// What one Shop went through.
    struct Course: Sendable {
        var alone = PhaseFigures()
        /// CPU seconds the Shop spends on one of each wish.
        var costs = Array(repeating: 0.0, count: Wish.allCases.count)
        var peak = PhaseFigures()
        var before = PhaseFigures()
        var overload = PhaseFigures()
        var after = PhaseFigures()
        /// What the door said of itself after the overload.
        var door = ""

        /// CPU seconds of good answers a second: shedding changes the mix, and a checkout is worth many looks.
        func work(_ phase: PhaseFigures) -> Double {
            Wish.allCases.reduce(0) { $0 + Double(phase[$1].good) * costs[$1.rawValue] } / phase.seconds
        }
    }

    private func measure(sheds: Bool, peak: Double?) async throws -> Course {
        let folder = try ScratchFolder()
        let configuration = try BenchShop.configuration(data: folder.path, sheds: sheds)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let (ready, readySink) = AsyncStream.makeStream(of: ShopApplication.Addresses.self)
            group.addTask { try await ShopApplication(configuration).run { readySink.yield($0) } }
            var ports = (shop: 0, operations: 0)
            for await addresses in ready {
                ports = (addresses.gatewayPort, addresses.operationsPort)
                break
            }
            let (shopPort, operationsPort) = ports
            // A thread, not a task: it blocks on its sockets.
            let result = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        returning: Result { try drive(shopPort, operationsPort, peak) })
                }
            }
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
            return try result.get()
        }
    }

    private func drive(_ port: Int, _ operationsPort: Int, _ known: Double?) throws -> Course {
        let load = try OpenLoadGenerator(port: port, connections: connections, script: try script(port))
        var course = Course()
        _ = try load.run(.closed(width: 32), seconds: 4, name: "warm-up")
        course.alone = try load.run(.closed(width: 1), seconds: 3, only: .checkout, name: "alone")
        for wish in Wish.allCases {
            let usage = Usage.now()
            let phase = try load.run(.closed(width: 24), seconds: 3, only: wish, name: "cost")
            let cpu = Usage.now().since(usage).cpu - phase.loadCPU
            course.costs[wish.rawValue] = cpu / Double(max(1, phase.all.good))
        }
        course.peak = try load.run(.closed(width: 48), seconds: 8, name: "peak")
        let peak = known ?? course.peak.goodPerSecond
        course.before = try load.run(.open(rate: peak / 2), seconds: 6, name: "before")
        course.overload = try load.run(.open(rate: 2 * peak), seconds: 12, name: "overload")
        course.door = try door(operationsPort)
        course.after = try load.run(.open(rate: peak / 2), seconds: 10, name: "after")
        return course
    }

    private func script(_ port: Int) throws -> LoadScript {
        let client = try RawClient(port: port)
        let root = try client.field(
            "accessToken", of: client.send("POST", "/api/v1/sessions", BenchShop.signIn("root@shop.example")))
        for number in 1...BenchShop.products {
            let path = "/api/v1/inventory/\(BenchShop.product(number))"
            _ = try client.send("PUT", path, #"{"onHand": 1000000}"#, token: root)
        }
        var script = LoadScript(accessTokens: [], paymentTokens: [], carts: [])
        for number in 0..<customers {
            let email = "crowd\(number)@shop.example"
            _ = try client.send("POST", "/api/v1/users", BenchShop.registration(email))
            let token = try client.field(
                "accessToken", of: client.send("POST", "/api/v1/sessions", BenchShop.signIn(email)))
            script.accessTokens.append(token)
            let card = try client.send("POST", "/api/v1/payment-tokens", BenchShop.card, token: token)
            script.paymentTokens.append(try client.field("token", of: card))
        }
        for _ in 0..<carts {
            script.carts.append(try client.field("id", of: client.send("POST", "/api/v1/carts", "{}")))
        }
        return script
    }

    private func door(_ operationsPort: Int) throws -> String {
        let wanted = ["flotilla_admission_limit{", "flotilla_admission_limit_falls", "flotilla_admission_probes"]
        return try RawClient(port: operationsPort).send("GET", "/ops/metrics", nil)
            .split(separator: "\n").filter { line in wanted.contains { line.hasPrefix($0) } }
            .map { line in "\(line.prefix { $0 != "{" }) \(line.split(separator: " ").last ?? "")" }
            .joined(separator: ", ")
    }

    private func report(_ course: Course, _ name: String, into table: inout FigureTable, peak: Double) {
        func perSecond(_ figures: PhaseFigures) -> String {
            String(format: "%.0f/s (%.0f %%)", figures.goodPerSecond, 100 * figures.goodPerSecond / peak)
        }
        let (over, after) = (course.overload, course.after)
        table.add("\(name): peak, closed loop of 48", perSecond(course.peak), aim: "the measure of the rest")
        table.add("\(name): checkout alone p50/p95/p99", course.alone[.checkout].latencies.percentiles())
        table.add("\(name): half load, checkout p50/p95/p99", course.before[.checkout].latencies.percentiles())
        table.add("\(name): twice the peak, goodput", perSecond(over), aim: "at least 90 % of the peak")
        table.add(
            "\(name): twice the peak, goodput by the work in it",
            String(format: "%.0f %%", 100 * course.work(over) / course.work(course.peak)),
            aim: "at least 90 % of the peak")
        table.add(
            "\(name): CPU of one look, cart, checkout",
            course.costs.map { String(format: "%.2f", 1000 * $0) }.joined(separator: " / ") + " ms")
        table.add(
            "\(name): twice the peak, checkouts that succeed", over[.checkout].successShare, aim: "as without load")
        table.add("\(name): twice the peak, checkout p50/p95/p99", over[.checkout].latencies.percentiles())
        for wish in Wish.allCases {
            let figures = over[wish]
            table.add(
                "\(name): twice the peak, \(wish): good, shed, late, failed",
                [figures.good, figures.shed, figures.late, figures.failed].map(figures.share).joined(separator: ", "))
        }
        table.add("\(name): browsing p50/p95/p99, of what is answered", over[.browse].latencies.percentiles())
        table.add("\(name): half load again, succeed", after.all.successShare, aim: "100 %")
        table.add(
            "\(name): seconds to full service",
            after.secondsToFullService.map { String(format: "%.1f", $0) } ?? "never", aim: "5, without a restart")
        let shares = [course.peak, over].map { String(format: "%.0f %%", 100 * $0.loadCPU / ($0.seconds)) }
        table.add("\(name): of one core, what the load takes (peak, overload)", shares.joined(separator: ", "))
        if !course.door.isEmpty { table.add("\(name): the door after it", course.door) }
        for (phase, figures) in [("peak", course.peak), ("overload", over), ("after", after)] {
            if let failure = figures.firstFailure { say("  \(name), \(phase): first failure: \(failure)") }
        }
    }
}
