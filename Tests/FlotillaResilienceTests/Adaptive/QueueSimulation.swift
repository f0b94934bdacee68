internal import FlotillaCore
@testable internal import FlotillaResilience

/// A server with some workers and one queue behind an adaptive limiter, in virtual time.
///
/// Calls come at random (Poisson) and take random time (exponential), from a seeded generator: the same seed gives
/// the same run. Without a limiter everything is let in.
struct QueueSimulation {
    /// One call that came.
    struct Call {
        var at: Double
        var priority: CallPriority
        var kind: Int
        /// Seconds from coming to being answered; nil when it was shed or is not answered yet.
        var latency: Double?
        var isShed = false
    }

    /// What happens to the load and the server as time goes by; seconds.
    struct World {
        /// Calls per second.
        var load: (Double) -> Double
        /// Workers.
        var workers: (Double) -> Int = { _ in 10 }
        /// Mean time a call of a kind keeps a worker busy.
        var service: (Double, Int) -> Double = { _, _ in 0.010 }
        /// Time a call takes beside, without keeping a worker busy.
        var elsewhere: (Double) -> Double = { _ in 0 }
        /// How a call ends.
        var outcome: (Double) -> CallOutcome = { _ in .success }
        /// Priority and kind of a call; the number is random, from 0 to below 1.
        var mix: (Double) -> (CallPriority, Int) = { _ in (.standard, 0) }
    }

    private enum Event { case done(Int), left(Int) }

    var limiter: AdaptiveLimiter?
    private let world: World
    private let random: SeededRandom
    private(set) var calls: [Call] = []
    /// The limit, ten times a second.
    private(set) var limits: [(at: Double, limit: Double, inFlight: Int)] = []
    private(set) var now = 0.0
    private var permits: [Int: AdaptiveLimiter.Permit] = [:]
    private var events: [(at: Double, event: Event)] = []
    private var waiting: [Int] = []
    private var head = 0
    private var busy = 0

    init(_ policy: AdaptiveLimit?, kinds: Int = 1, seed: UInt64, _ world: World) {
        limiter = policy.map { AdaptiveLimiter($0, kinds: kinds) }
        self.world = world
        random = SeededRandom(seed: seed)
    }

    /// Lets time pass, to `end`.
    mutating func run(to end: Double) {
        var nextCall = now + gap(now)
        var nextLook = now
        while true {
            let nextEvent = events.last?.at ?? .infinity
            let next = min(nextCall, nextEvent, nextLook)
            guard next < end else { break }
            now = next
            if nextEvent == next {
                obey(events.removeLast().event)
            } else if nextCall == next {
                arrive()
                nextCall = now + gap(now)
            } else {
                if let limiter { limits.append((now, limiter.limit, limiter.inFlight)) }
                nextLook += 0.1
                // There may be more workers than a moment ago.
                work()
            }
        }
        now = end
    }

    private func exponential(_ mean: Double) -> Double { -mean * logarithm(1 - random.unit()) }

    private func gap(_ now: Double) -> Double {
        let load = world.load(now)
        // Without load, look again in a moment.
        return load > 0 ? exponential(1 / load) : 0.01
    }

    private var uptime: Duration { .nanoseconds(Int64(now * 1e9)) }

    private mutating func arrive() {
        guard world.load(now) > 0 else { return }
        let (priority, kind) = world.mix(random.unit())
        let number = calls.count
        calls.append(Call(at: now, priority: priority, kind: kind))
        if limiter != nil {
            let now = uptime
            switch limiter!.admit(priority, kind: kind, now: now) {
            case .admitted(let permit): permits[number] = permit
            case .shed:
                calls[number].isShed = true
                return
            }
        }
        waiting.append(number)
        work()
    }

    private mutating func work() {
        while busy < world.workers(now), head < waiting.count {
            let number = waiting[head]
            head += 1
            if head > 4096 {
                waiting.removeFirst(head)
                head = 0
            }
            busy += 1
            schedule(.done(number), in: exponential(world.service(now, calls[number].kind)))
        }
    }

    private mutating func obey(_ event: Event) {
        switch event {
        case .done(let number):
            busy -= 1
            let rest = world.elsewhere(now)
            if rest > 0 { schedule(.left(number), in: rest) } else { leave(number) }
            work()
        case .left(let number): leave(number)
        }
    }

    private mutating func leave(_ number: Int) {
        let outcome = world.outcome(now)
        let now = uptime
        if outcome == .success { calls[number].latency = self.now - calls[number].at }
        if let permit = permits.removeValue(forKey: number) { limiter?.finish(permit, outcome, now: now) }
    }

    /// Events lie latest first, so that the next is the last.
    private mutating func schedule(_ event: Event, in wait: Double) {
        let at = now + wait
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].at > at { low = middle + 1 } else { high = middle }
        }
        events.insert((at, event), at: low)
    }

    /// The natural logarithm, for the generator alone: by the series of artanh, after halving.
    private func logarithm(_ value: Double) -> Double {
        let (exponent, significand) = (Double(value.exponent), value.significand)
        let z = (significand - 1) / (significand + 1)
        var term = z
        var sum = 0.0
        for power in stride(from: 1.0, to: 40, by: 2) {
            sum += term / power
            term *= z * z
        }
        return 2 * sum + exponent * 0.693_147_180_559_945_3
    }
}

extension QueueSimulation {
    /// What a stretch of time looked like to those who called.
    struct Figures {
        /// Answered calls per second, by when they were answered.
        var goodput = 0.0
        /// Seconds.
        var mean = 0.0
        var p99 = 0.0
        /// The share of calls that was shed.
        var shed = 0.0
    }

    /// Of the calls of one priority, or of all.
    func figures(_ from: Double, _ to: Double, _ priority: CallPriority? = nil) -> Figures {
        let mine = calls.filter { priority == nil || $0.priority == priority }
        let answered = mine.filter { call in
            guard let latency = call.latency else { return false }
            return call.at + latency >= from && call.at + latency < to
        }
        let came = mine.filter { $0.at >= from && $0.at < to }
        let latencies = answered.compactMap(\.latency).sorted()
        var figures = Figures()
        figures.goodput = Double(answered.count) / (to - from)
        if !latencies.isEmpty {
            figures.mean = latencies.reduce(0, +) / Double(latencies.count)
            figures.p99 = latencies[latencies.count * 99 / 100]
        }
        if !came.isEmpty { figures.shed = Double(came.count { $0.isShed }) / Double(came.count) }
        return figures
    }
}
