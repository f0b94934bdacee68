import Foundation

/// What one Shop goes through, and what was measured meanwhile.
struct OverloadCourse: Sendable {
    /// As many at once as the peak is looked for with: too few leave the Shop idle, too many only wait.
    static let widths = [16, 48, 128]

    /// Where the Shop and the load were at home.
    var homes = ""
    var alone = PhaseFigures()
    /// CPU seconds the Shop spends on one of each wish, with all that follows from it.
    var costs = Array(repeating: 0.0, count: Wish.allCases.count)
    /// One for each of ``widths``.
    var peaks: [PhaseFigures] = []
    var before = PhaseFigures()
    var overload = PhaseFigures()
    var after = PhaseFigures()
    /// What the door said of itself after the overload.
    var door = ""

    /// The most the Shop can do, whatever the width.
    var peak: PhaseFigures { peaks.max { $0.goodPerSecond < $1.goodPerSecond } ?? PhaseFigures() }

    /// CPU seconds of good answers a second, without those that were given before: shedding changes the mix, and
    /// a checkout is worth many looks.
    func work(_ phase: PhaseFigures) -> Double {
        let seconds = Wish.allCases.map { Double(phase[$0].good - phase[$0].kept) * costs[$0.rawValue] }
        return seconds.reduce(0, +) / phase.seconds
    }

    /// The share of the peak's count that a Shop could answer at twice the peak which serves every checkout, then what
    /// is cheapest, and whose refusals cost nothing: with twice the checkouts, less is left for looks.
    var bestByCount: Double {
        let peak = peak.goodPerSecond
        var (left, count) = (work(self.peak), 0.0)
        for wish in [Wish.checkout, .browse, .cart] {
            let served = min(2 * peak * wish.share, max(0, left) / max(1e-9, costs[wish.rawValue]))
            left -= served * costs[wish.rawValue]
            count += served
        }
        return count / max(1, peak)
    }
}

/// Drives a Shop through its course, from one thread.
struct OverloadDrive {
    let shop: ShopProcess
    let cores: Cores
    private let connections = 1_000
    private let customers = 64
    private let carts = 500

    /// Everything: how much the Shop can do, then half of it, twice, half again.
    func whole() throws -> OverloadCourse {
        let load = try prepare()
        var course = OverloadCourse()
        course.homes = try cores.description(ofShop: shop.identifier)
        course.alone = try phase(load, .closed(width: 1), seconds: 2, only: .checkout, "alone")
        for wish in Wish.allCases {
            let phase = try phase(load, .closed(width: 24), seconds: 3, only: wish, "cost")
            course.costs[wish.rawValue] = phase.shopCPU / Double(max(1, phase.all.good))
        }
        for width in OverloadCourse.widths {
            course.peaks.append(try phase(load, .closed(width: width), seconds: 5, "peak-\(width)"))
        }
        course.before = try phase(load, .open(rate: course.peak.goodPerSecond / 2), seconds: 5, "before")
        try overload(&course, load, course.peak.goodPerSecond)
        return course
    }

    /// Only twice and half of what another has measured.
    func only(_ peak: Double) throws -> OverloadCourse {
        let load = try prepare()
        var course = OverloadCourse()
        try overload(&course, load, peak)
        return course
    }

    private func overload(_ course: inout OverloadCourse, _ load: OpenLoadGenerator, _ peak: Double) throws {
        // Not settled in between: what matters after an overload is how it ends under load.
        course.overload = try phase(load, .open(rate: 2 * peak), seconds: 12, settles: false, "overload")
        course.door = try door()
        course.after = try phase(load, .open(rate: peak / 2), seconds: 8, "after")
    }

    private func prepare() throws -> OpenLoadGenerator {
        let load = try OpenLoadGenerator(port: shop.gatewayPort, connections: connections, script: try script())
        _ = try phase(load, .closed(width: 32), seconds: 4, "warm-up")
        return load
    }

    private func phase(
        _ load: OpenLoadGenerator, _ pace: OpenLoadGenerator.Pace, seconds: Double, only: Wish? = nil,
        settles: Bool = true, _ name: String
    ) throws -> PhaseFigures {
        let (cpu, busy) = (shop.cpu, cores.busySecondsOfShop())
        var figures = try load.run(pace, seconds: seconds, only: only, name: name)
        if settles { figures.settling = settle() }
        figures.shopCPU = shop.cpu - cpu
        if let busy, let now = cores.busySecondsOfShop() { figures.othersCPU = max(0, now - busy - figures.shopCPU) }
        return figures
    }

    /// Waits until the Shop has nothing more to do, for 20 s at most: orders go on after they are accepted.
    private func settle() -> Double {
        let start = Usage.now().seconds
        var last = shop.cpu
        while Usage.now().seconds - start < 20 {
            usleep(100_000)
            let now = shop.cpu
            if now - last < 0.01 { break }
            last = now
        }
        return Usage.now().seconds - start - 0.1
    }

    private func script() throws -> LoadScript {
        let client = try RawClient(port: shop.gatewayPort)
        let root = try client.field(
            "accessToken", of: client.send("POST", "/api/v1/sessions", BenchShop.signIn("root@shop.example")))
        for number in 1...BenchShop.products {
            let path = "/api/v1/inventory/\(BenchShop.product(number))"
            _ = try client.send("PUT", path, #"{"onHand": 1000000}"#, token: root)
        }
        var (tokens, payments, baskets): ([String], [String], [String]) = ([], [], [])
        for number in 0..<customers {
            let email = "crowd\(number)@shop.example"
            _ = try client.send("POST", "/api/v1/users", BenchShop.registration(email))
            let token = try client.field(
                "accessToken", of: client.send("POST", "/api/v1/sessions", BenchShop.signIn(email)))
            tokens.append(token)
            let card = try client.send("POST", "/api/v1/payment-tokens", BenchShop.card, token: token)
            payments.append(try client.field("token", of: card))
        }
        for _ in 0..<carts {
            baskets.append(try client.field("id", of: client.send("POST", "/api/v1/carts", "{}")))
        }
        return LoadScript(accessTokens: tokens, paymentTokens: payments, carts: baskets)
    }

    private func door() throws -> String {
        let wanted = ["flotilla_admission_limit{", "flotilla_admission_limit_falls", "flotilla_admission_probes"]
        return try RawClient(port: shop.operationsPort).send("GET", "/ops/metrics", nil)
            .split(separator: "\n").filter { line in wanted.contains { line.hasPrefix($0) } }
            .map { line in "\(line.prefix { $0 != "{" }) \(line.split(separator: " ").last ?? "")" }
            .joined(separator: ", ")
    }
}
