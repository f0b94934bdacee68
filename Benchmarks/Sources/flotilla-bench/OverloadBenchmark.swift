import Foundation

/// The Shop under twice the load it can bear, with shedding and without, and after it.
///
/// The Shop is a process of its own on one core, the load is a thread on the other, while the peak is measured as well
/// as under twice of it: what the load uses is nobody's loss.
struct OverloadBenchmark {
    func run(into table: inout FigureTable) async throws {
        let shedding = try await measure(sheds: true) { try $0.whole() }
        let peak = shedding.peak
        table.add("overload: where they run", shedding.homes)
        for (width, figures) in zip(OverloadCourse.widths, shedding.peaks) {
            let share = Self.cores(figures.shopCPU, figures)
            table.add("overload: closed loop of \(width)", "\(Self.rate(figures)), Shop \(share)")
        }
        table.add("overload: the peak", Self.rate(peak), aim: "the measure of the rest")
        table.add(
            "overload: CPU of one look, cart, checkout with what follows",
            shedding.costs.map { String(format: "%.2f", 1000 * $0) }.joined(separator: " / ") + " ms")
        table.add("overload: checkout alone p50/p95/p99", shedding.alone[.checkout].latencies.percentiles())
        table.add("overload: half the peak, checkout p50/p95/p99", shedding.before[.checkout].latencies.percentiles())
        table.add("overload: half the peak, looks p50/p95/p99", shedding.before[.browse].latencies.percentiles())
        table.add(
            "overload: most that can be answered anew, all checkouts served, refusals free",
            String(format: "%.0f %%", 100 * shedding.bestByCount))
        report(shedding, "shedding on", shedding, into: &table)
        let none = try await measure(sheds: false) { try $0.only(peak.goodPerSecond) }
        report(none, "shedding off", shedding, into: &table)
    }

    private func measure(
        sheds: Bool, _ drive: @escaping @Sendable (OverloadDrive) throws -> OverloadCourse
    ) async throws -> OverloadCourse {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        let cores = Cores.divided()
        // A thread, not a task: it blocks on its sockets, and its core is its own.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try cores.moveToShop()
                        let shop = try ShopProcess(data: folder.path, sheds: sheds)
                        defer { shop.stop() }
                        try cores.moveToLoad()
                        return try drive(OverloadDrive(shop: shop, cores: cores))
                    })
            }
        }
    }

    private func report(
        _ course: OverloadCourse, _ name: String, _ measure: OverloadCourse, into table: inout FigureTable
    ) {
        let (peak, over, after) = (measure.peak, course.overload, course.after)
        func add(_ figure: String, _ value: String, aim: String = "") {
            table.add("\(name): \(figure)", value, aim: aim)
        }
        add("twice the peak, offered", String(format: "%.0f/s", Double(over.all.offered) / over.seconds))
        add(
            "twice the peak, goodput",
            "\(Self.rate(over)), \(Self.percent(over.goodPerSecond, peak.goodPerSecond)) of the peak",
            aim: "at least 90 % of the peak")
        add(
            "twice the peak, goodput without answers that were given before",
            String(format: "%.0f/s", over.freshPerSecond)
                + ", \(Self.percent(over.freshPerSecond, peak.freshPerSecond)) of the peak")
        add(
            "twice the peak, goodput by the work in it",
            "\(Self.percent(measure.work(over), measure.work(peak))) of the peak", aim: "at least 90 % of the peak")
        add("twice the peak, checkouts that succeed", over[.checkout].successShare, aim: "at least 99 %")
        add("twice the peak, checkout p50/p95/p99", over[.checkout].latencies.percentiles())
        add("twice the peak, looks p50/p95/p99", over[.browse].latencies.percentiles())
        for wish in Wish.allCases {
            let figures = over[wish]
            add(
                "twice the peak, \(wish): good (of these given before), shed, late, failed",
                "\(figures.share(figures.good)) (\(figures.share(figures.kept))), "
                    + [figures.shed, figures.late, figures.failed].map(figures.share).joined(separator: ", "))
        }
        add(
            "half the peak again, succeed; checkouts alone",
            "\(after.all.successShare); \(after[.checkout].successShare)", aim: "100 %")
        add(
            "half the peak again, seconds to full service",
            after.secondsToFullService.map { String(format: "%.1f", $0) } ?? "never", aim: "5, without a restart")
        let phases = name == "shedding on" ? [peak, over] : [over]
        func shares(_ figure: (PhaseFigures) -> Double) -> String {
            phases.map { Self.cores(figure($0), $0) }.joined(separator: ", ")
        }
        let heading = phases.count > 1 ? "peak, twice the peak" : "twice the peak"
        add("\(heading): of its core the Shop used", shares { $0.shopCPU })
        add("\(heading): of the Shop's core others used", shares { $0.othersCPU })
        add("\(heading): of its core the load used", shares { $0.loadCPU })
        if !course.door.isEmpty { add("the door after it", course.door) }
        for (phase, figures) in [("peak", course.peak), ("overload", over), ("after", after)] {
            if let failure = figures.firstFailure { say("  \(name), \(phase): first failure: \(failure)") }
        }
    }

    private static func rate(_ figures: PhaseFigures) -> String { String(format: "%.0f/s", figures.goodPerSecond) }
    private static func percent(_ part: Double, _ whole: Double) -> String {
        String(format: "%.0f %%", 100 * part / whole)
    }
    private static func cores(_ cpu: Double, _ figures: PhaseFigures) -> String {
        String(format: "%.0f %%", 100 * cpu / (figures.seconds + figures.settling))
    }
}
