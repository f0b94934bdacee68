internal import FlotillaCore
@testable internal import FlotillaResilience

/// Callers, a balancer and some instances over minutes of virtual time, a millisecond at a time.
///
/// The balancer and the directory are the real ones. The caller goes by a policy as a guard would: a timeout for each
/// attempt, three attempts, the next at another instance after 10 ms, under a budget of 20 % and 10 a second.
final class BalancedServiceModel {
    /// What an instance does with a call.
    enum Behaviour {
        /// 5 ms and an exponential share of 5 ms on average.
        case healthy
        /// So many times that.
        case slow(Double)
        /// Answers nothing, also not what it had begun.
        case hanging
        /// Fails after a millisecond.
        case failing
    }

    /// What became of the calls.
    struct Report {
        var calls = 0
        var errors = 0
        var attempts = 0
        var failedAttempts = 0
        /// Calls by their latency in milliseconds.
        var latencies = [Int](repeating: 0, count: 4_096)

        func percentile(_ share: Double) -> Int {
            var left = Double(latencies.reduce(0, +)) * share
            for (milliseconds, count) in latencies.enumerated() {
                left -= Double(count)
                if left <= 0 { return milliseconds }
            }
            return latencies.count
        }

        var errorShare: Double { Double(errors) / Double(max(1, calls)) }
    }

    private enum Event {
        case answer(call: Int, attempt: Int)
        case timeout(call: Int, attempt: Int)
        case retry(call: Int)
    }

    private struct Call {
        var began: Int
        var attempt = 0
        var attemptBegan = 0
        var endpoint: Endpoint?
        var tried: [Endpoint] = []
        var isOver = false
    }

    private struct Server {
        var instance: Instance
        var behaviour = Behaviour.healthy
        var beats = true
    }

    let time = ManualTime()
    let directory: InProcessDirectory
    let balancer: LoadBalancer
    private(set) var report = Report()
    /// Attempts at each instance, by seconds.
    private(set) var attemptsAt: [String: [Int]] = [:]
    private let timeout = 150
    private let ttl = Duration.seconds(15)
    private let random: SeededRandom
    private var servers: [String: Server] = [:]
    private var calls: [Call] = []
    private var wheel = [[Event]](repeating: [], count: 4_096)
    private var now = 0
    private var budget = 10.0

    init(
        _ names: [String], policy: BalancerPolicy = BalancerPolicy(), outliers: OutlierPolicy? = OutlierPolicy(),
        seed: UInt64 = 7
    ) async throws {
        directory = InProcessDirectory(time: time)
        random = SeededRandom(seed: seed)
        balancer = LoadBalancer(
            of: "orders", in: directory, policy: policy, outliers: outliers,
            world: World(time: time, random: SeededRandom(seed: seed + 1)))
        for name in names {
            let instance = Instance(id: InstanceID(unchecked: name), service: "orders", address: "host:\(name)")
            servers[name] = Server(instance: instance)
            try await directory.register(instance, ttl: ttl)
        }
        try await balancer.refresh()
    }

    func set(_ name: String, _ behaviour: Behaviour) { servers[name]?.behaviour = behaviour }

    /// It says nothing any more, not even that it goes.
    func crash(_ name: String) {
        servers[name]?.behaviour = .hanging
        servers[name]?.beats = false
    }

    func drain(_ name: String) async throws { try await directory.drain(InstanceID(unchecked: name)) }

    /// Gone in good order.
    func stop(_ name: String) async throws {
        servers[name]?.behaviour = .failing
        servers[name]?.beats = false
        try await directory.deregister(InstanceID(unchecked: name))
    }

    func state(_ name: String) -> String? {
        balancer.snapshot().endpoints.first { $0.instance.id.text == name }?.state.name
    }

    /// Goes on, with a call each millisecond.
    func run(seconds: Int) async throws {
        for _ in 0..<seconds * 1_000 {
            if now % 1_000 == 0 { try await everySecond() }
            budget = min(100, budget + 0.01)
            let due = wheel[now % wheel.count]
            wheel[now % wheel.count] = []
            for event in due { happen(event) }
            arrive()
            now += 1
            time.advance(by: .milliseconds(1))
        }
    }

    /// Attempts at an instance in the last so many seconds.
    func attempts(at name: String, last seconds: Int) -> Int {
        (attemptsAt[name] ?? []).suffix(seconds).reduce(0, +)
    }

    /// Starts to count anew.
    func startReport() { report = Report() }

    private func everySecond() async throws {
        for (name, server) in servers.sorted(by: { $0.key < $1.key }) {
            attemptsAt[name, default: []].append(0)
            if server.beats, now % 5_000 == 0 { try await directory.heartbeat(server.instance.id) }
        }
        balancer.take(try await directory.instances(of: "orders"))
        balancer.maintain()
    }

    private func arrive() {
        calls.append(Call(began: now))
        budget = min(100, budget + 0.2)
        attempt(calls.count - 1)
    }

    private func attempt(_ index: Int) {
        let endpoint: Endpoint
        do { endpoint = try balancer.pick(avoiding: calls[index].tried) } catch { return end(index, isError: true) }
        let name = endpoint.instance.id.text
        report.attempts += 1
        attemptsAt[name]?[now / 1_000] += 1
        calls[index].attempt += 1
        calls[index].attemptBegan = now
        calls[index].endpoint = endpoint
        calls[index].tried.append(endpoint)
        let number = calls[index].attempt
        let needed: Int? =
            switch servers[name]?.behaviour ?? .hanging {
            case .healthy: workTime()
            case .slow(let factor): Int(Double(workTime()) * factor)
            case .failing: 1
            case .hanging: nil
            }
        if let needed, needed < timeout { add(.answer(call: index, attempt: number), in: needed) }
        add(.timeout(call: index, attempt: number), in: timeout)
    }

    private func workTime() -> Int { 5 + Int(-5 * log(1 - random.unit())) }

    private func happen(_ event: Event) {
        switch event {
        case .answer(let index, let number):
            guard isOpen(index, number), let endpoint = calls[index].endpoint else { return }
            switch servers[endpoint.instance.id.text]?.behaviour ?? .hanging {
            case .hanging: return
            case .failing: finish(index, .failure)
            case .healthy, .slow: finish(index, .success)
            }
        case .timeout(let index, let number):
            if isOpen(index, number) { finish(index, .failure) }
        case .retry(let index): attempt(index)
        }
    }

    private func isOpen(_ index: Int, _ number: Int) -> Bool {
        !calls[index].isOver && calls[index].attempt == number && calls[index].endpoint != nil
    }

    private func finish(_ index: Int, _ outcome: CallOutcome) {
        guard let endpoint = calls[index].endpoint else { return }
        calls[index].endpoint = nil
        balancer.finish(endpoint, outcome, took: .milliseconds(now - calls[index].attemptBegan))
        if outcome == .success { return end(index, isError: false) }
        report.failedAttempts += 1
        guard calls[index].attempt < 3, budget >= 1 else { return end(index, isError: true) }
        budget -= 1
        add(.retry(call: index), in: 10)
    }

    private func end(_ index: Int, isError: Bool) {
        calls[index].isOver = true
        calls[index].tried = []
        report.calls += 1
        report.latencies[min(report.latencies.count - 1, now - calls[index].began)] += 1
        if isError { report.errors += 1 }
    }

    private func add(_ event: Event, in milliseconds: Int) {
        wheel[(now + max(1, milliseconds)) % wheel.count].append(event)
    }
}

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
