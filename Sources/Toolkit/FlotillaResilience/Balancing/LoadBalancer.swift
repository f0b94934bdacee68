public import FlotillaCore
internal import Synchronization

/// Spreads a caller's calls over the instances of a service: follows a directory, picks by a policy, and takes out of
/// the choice who behaves worse than the others.
///
///     let balancer = LoadBalancer(of: "payments", in: directory, world: world)
///     group.addTask { await balancer.follow() }
///     …
///     try await balancer.run(context, under: callGuard) { endpoint, context in … }
///
/// The guard is outside, by target: its breaker, bulkhead and retry budget see the service as a whole. The balancer is
/// inside, by attempt: a retry goes to another instance than the one that failed. A pick takes constant time.
///
/// Safe to share between tasks. The counters of endpoints are changed without a lock; the lock around the table is
/// taken when a list or an ejection changes it, and to fetch the current plan.
public final class LoadBalancer: Sendable {
    struct Table {
        var policy: BalancerPolicy
        var outlierPolicy: OutlierPolicy?
        /// What an operator holds instances to, whether they are there now or not.
        var forced: [InstanceID: EndpointForce] = [:]
        var members: [InstanceID: BalancerPlan.Member] = [:]
        /// Out of the directory, with calls under way.
        var leaving: [Endpoint] = []
        var outliers: OutlierMachine?
        var version: UInt64 = 0
        var listedAt: Duration?
        var sweptAt: Duration
        var directoryFailures = 0
        var isWarming = false
    }

    /// Whose instances it picks from.
    public let service: String
    /// Where the caller is; nil: nowhere in particular.
    public let zone: String?
    let time: any TimeSource
    private let directory: (any InstanceDirectory)?
    private let seed: UInt64
    private let turn = Atomic<UInt64>(0)
    private let tick: Atomic<Tick>
    /// Kept for consistent hashing only, which bounds loads by it.
    let inFlight = Atomic(0)
    /// What the end of a call needs of the policies, so that it takes no lock.
    let rules: CallRules
    private let withoutInstance = Atomic(0)
    let table: Mutex<Table>
    private let plan: Mutex<BalancerPlan>

    /// A balancer that knows nobody yet: it asks the directory with the first call, or before when it is followed.
    /// The policies must be without problems.
    ///
    /// - Parameters:
    ///   - directory: nil: it knows those it is told of by ``take(_:)``.
    ///   - outliers: nil: nobody is ejected.
    ///   - zone: the caller's.
    public init(
        of service: String, in directory: (any InstanceDirectory)?, policy: BalancerPolicy = BalancerPolicy(),
        outliers: OutlierPolicy? = OutlierPolicy(), zone: String? = nil, world: World
    ) {
        let problems = policy.problems() + (outliers?.problems() ?? [])
        precondition(problems.isEmpty, problems.joined(separator: "; "))
        self.service = service
        self.directory = directory
        self.zone = zone
        time = world.time
        rules = CallRules(policy, outliers)
        seed = world.random.next()
        let now = world.time.uptime
        tick = Atomic(Self.tick(of: now))
        table = Mutex(
            Table(
                policy: policy, outlierPolicy: outliers, outliers: outliers.map { OutlierMachine($0) }, sweptAt: now))
        plan = Mutex(BalancerPlan([], policy, zone: zone, now: now))
    }

    /// How it picks now.
    public var policy: BalancerPolicy { table.withLock { $0.policy } }

    /// When it ejects now; nil: never.
    public var outlierPolicy: OutlierPolicy? { table.withLock { $0.outlierPolicy } }

    // MARK: - Calls

    /// Makes one call, to one instance after the other as its guard repeats it.
    ///
    /// - Parameters:
    ///   - key: what belongs together, for consistent hashing; nil: nothing.
    ///   - callGuard: repeats, bounds and refuses by its policy. Its attempts' deadlines tell a hanging instance.
    ///   - isIdempotent: whether it may be made twice.
    ///   - body: one attempt at an endpoint. It must end soon after its cancellation.
    /// - Throws: what the guard throws; `no-instance` (unavailable) when nobody is there to be called;
    ///   ``DirectoryError`` when the directory was never reached.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, key: String? = nil, under callGuard: CallGuard, isIdempotent: Bool = true,
        _ body: @escaping @Sendable (Endpoint, CallContext) async throws -> T
    ) async throws -> T {
        let call = self.call(key: key)
        return try await callGuard.run(context, isIdempotent: isIdempotent) { context in
            try await call.attempt(context, body)
        }
    }

    /// Makes one call like ``run(_:key:under:isIdempotent:_:)``, with attempts that end in time by themselves
    /// (``CallGuard/runCooperative(_:isIdempotent:_:)``), on the caller's task.
    public nonisolated(nonsending) func runCooperative<T>(
        _ context: CallContext, key: String? = nil, under callGuard: CallGuard, isIdempotent: Bool = true,
        _ body: (Endpoint, CallContext) async throws -> T
    ) async throws -> T {
        let call = self.call(key: key)
        return try await callGuard.runCooperative(context, isIdempotent: isIdempotent) { context in
            try await call.attempt(context, body)
        }
    }

    /// A call that remembers whom it has tried, for callers that repeat by themselves.
    public func call(key: String? = nil) -> BalancedCall { BalancedCall(self, key: key) }

    /// Chooses an endpoint and counts a call there, which has to be told to ``finish(_:_:took:)``.
    ///
    /// - Parameters:
    ///   - key: what belongs together (``key(of:)``), for consistent hashing.
    ///   - tried: endpoints that another one is better than.
    /// - Throws: `no-instance` (unavailable).
    public func pick(key: UInt64? = nil, avoiding tried: [Endpoint] = []) throws(ServiceError) -> Endpoint {
        let plan = self.plan.withLock { $0 }
        let turn = self.turn.wrappingAdd(1, ordering: .relaxed).newValue
        let bits = MaglevTable.mixed(seed &+ turn &* 0x9E37_79B9_7F4A_7C15)
        let tick = self.tick.load(ordering: .relaxed)
        let isHashing = plan.algorithm == .consistentHash
        let inFlight = isHashing ? self.inFlight.load(ordering: .relaxed) : 0
        let endpoint =
            tried.isEmpty
            ? plan.pick(turn: turn, bits: bits, key: key, tick: tick, inFlight: inFlight)
            : plan.pick(turn: turn, bits: bits, key: key, tick: tick, inFlight: inFlight, avoiding: tried)
        guard let endpoint else {
            withoutInstance.add(1, ordering: .relaxed)
            throw ServiceError.noInstance(of: service)
        }
        endpoint.inFlight.add(1, ordering: .relaxed)
        if isHashing { self.inFlight.add(1, ordering: .relaxed) }
        return endpoint
    }

    /// Counts the end of a call at an endpoint that was picked. Once for each pick.
    public func finish(_ endpoint: Endpoint, _ outcome: CallOutcome, took: Duration) {
        finish(endpoint, outcome, took: took, now: time.uptime)
    }

    /// The same for an event loop, which knows the time.
    ///
    /// - Parameter now: `TimeSource.uptime` of the balancer's world, read a moment ago.
    public func finish(_ endpoint: Endpoint, _ outcome: CallOutcome, took: Duration, now: Duration) {
        let tick = Self.tick(of: now)
        self.tick.store(tick, ordering: .relaxed)
        endpoint.inFlight.subtract(1, ordering: .relaxed)
        endpoint.ended.add(1, ordering: .relaxed)
        if rules.isHashing { inFlight.subtract(1, ordering: .relaxed) }
        let memory = rules.memory
        let microseconds = Int(max(.zero, took).microseconds)
        switch outcome {
        case .success:
            endpoint.observe(microseconds: Float(max(1, microseconds)), at: tick, memory)
            endpoint.recentSuccesses.add(1, ordering: .relaxed)
            endpoint.recentMicroseconds.add(microseconds, ordering: .relaxed)
            // Reading is cheaper than writing what other threads read.
            if endpoint.failuresInARow.load(ordering: .relaxed) != 0 {
                endpoint.failuresInARow.store(0, ordering: .relaxed)
            }
        case .failure:
            // However fast it fails: else it would look like the best of all.
            let observed = max(microseconds, rules.failureMicroseconds)
            endpoint.observe(microseconds: Float(observed), at: tick, memory)
            endpoint.failures.add(1, ordering: .relaxed)
            endpoint.recentFailures.add(1, ordering: .relaxed)
            endpoint.recentMicroseconds.add(microseconds, ordering: .relaxed)
            failed(endpoint, inARow: endpoint.failuresInARow.add(1, ordering: .relaxed).newValue, now: now)
        case .abandoned:
            // It would have taken at least as long.
            let known = memory.microseconds(endpoint.cost.load(ordering: .relaxed), at: tick)
            if Float(microseconds) > known { endpoint.observe(microseconds: Float(microseconds), at: tick, memory) }
        case .callerFault, .notAsked:
            // Neither good nor bad, and how fast a refusal comes says nothing about work.
            break
        }
    }

    /// The key that a text stands for, the same in every process.
    public static func key(of text: String) -> UInt64 { MaglevTable.mixed(StableHash(text).value) }

    // MARK: - Following the directory

    /// Follows the directory and looks for outliers until the task is cancelled. Without it the balancer keeps to the
    /// instances it found with its first call.
    ///
    /// While the directory cannot be reached the last list is used on.
    public func follow() async {
        while !Task.isCancelled {
            let step = min(.seconds(1), outlierPolicy?.sweepInterval ?? .seconds(1))
            do {
                if let directory {
                    let version = table.withLock { $0.version }
                    take(try await directory.instances(of: service, after: version, within: step))
                } else {
                    try await time.sleep(for: step)
                }
            } catch {
                if Task.isCancelled { return }
                table.withLock { $0.directoryFailures += 1 }
                do { try await time.sleep(for: step) } catch { return }
            }
            maintain()
        }
    }

    /// Asks the directory once, if there is one.
    ///
    /// - Throws: ``DirectoryError``.
    public func refresh() async throws {
        guard let directory else { return }
        do {
            take(try await directory.instances(of: service))
        } catch {
            table.withLock { $0.directoryFailures += 1 }
            throw error
        }
    }

    /// Asks the directory if it never has.
    func refreshOnce() async throws {
        if table.withLock({ $0.listedAt == nil }) { try await refresh() }
    }

    /// Uses these instances from now on.
    public func take(_ list: InstanceList) {
        let now = time.uptime
        let wallNow = time.now
        table.withLock { table in
            table.listedAt = now
            table.directoryFailures = 0
            guard table.version != list.version else { return }
            table.version = list.version
            var members: [InstanceID: BalancerPlan.Member] = [:]
            for record in list.records {
                let id = record.instance.id
                if var known = table.members[id], known.endpoint.registeredAt == record.registeredAt,
                    known.endpoint.instance == record.instance
                {
                    known.isDraining = record.isDraining
                    members[id] = known
                } else {
                    // What has run for a while is warm already, though new to this caller.
                    let age = max(.zero, wallNow - record.registeredAt)
                    let endpoint = Endpoint(record.instance, registeredAt: record.registeredAt)
                    members[id] = BalancerPlan.Member(
                        endpoint: endpoint, isDraining: record.isDraining, warmSince: now - age)
                    table.outliers?.forget(id)
                }
            }
            for (id, old) in table.members where members[id]?.endpoint !== old.endpoint {
                table.leaving.append(old.endpoint)
            }
            table.members = members
            table.outliers?.setInstances(members.filter { !$0.value.isDraining }.keys.sorted())
            replan(&table, now)
        }
    }

    /// Does what is due: looks for outliers, warms newcomers, forgets who has left. Part of ``follow()``; for those
    /// who do not follow, to be called about once a second.
    public func maintain() {
        let now = time.uptime
        tick.store(Self.tick(of: now), ordering: .relaxed)
        table.withLock { table in
            table.leaving.removeAll { $0.callsInFlight <= 0 }
            if rules.isHashing { recount(table) }
            var hasChanged = table.isWarming
            if let interval = table.outlierPolicy?.sweepInterval, now - table.sweptAt >= interval {
                table.sweptAt = now
                if sweep(&table, now) { hasChanged = true }
            }
            if hasChanged { replan(&table, now) }
        }
    }

    // MARK: - Looking at it

    /// What it looks like now.
    public func snapshot() -> BalancerSnapshot {
        let now = time.uptime
        let tick = Self.tick(of: now)
        let isPanicking = plan.withLock { $0.isPanicking }
        return table.withLock { table in
            let memory = rules.memory
            var endpoints = table.members.values.map { member in
                let id = member.endpoint.instance.id
                return BalancerSnapshot.Entry(
                    member.endpoint, state(of: member, table), at: tick, memory,
                    warmth: BalancerPlan.warmth(of: member, table.policy, now: now), forced: table.forced[id], now: now)
            }
            endpoints.sort { $0.instance.id < $1.instance.id }
            endpoints += table.leaving.filter { $0.callsInFlight > 0 }
                .map { .init($0, .leaving, at: tick, memory, now: now) }
            return BalancerSnapshot(
                service: service, algorithm: table.policy.algorithm, ejects: table.outliers != nil, zone: zone,
                endpoints: endpoints,
                isPanicking: isPanicking, picks: Int(turn.load(ordering: .relaxed)),
                withoutInstance: withoutInstance.load(ordering: .relaxed),
                ejections: table.outliers?.ejections ?? 0, spared: table.outliers?.spared ?? 0,
                listAge: table.listedAt.map { now - $0 }, directoryFailures: table.directoryFailures)
        }
    }

    // MARK: - Parts

    private func state(of member: BalancerPlan.Member, _ table: Table) -> BalancerSnapshot.State {
        let id = member.endpoint.instance.id
        if member.isDraining { return .draining }
        if table.forced[id] == .ejected { return .heldOut }
        return table.outliers?.ejection(of: id).map { .ejected($0) } ?? .inUse
    }

    private func failed(_ endpoint: Endpoint, inARow count: Int, now: Duration) {
        guard count >= rules.failuresMax else { return }
        table.withLock { table in
            let id = endpoint.instance.id
            // Late news of an earlier incarnation say nothing about this one.
            guard table.members[id]?.endpoint === endpoint, table.forced[id] != .inUse,
                table.outliers?.failed(id, inARow: count, now: now) == true
            else { return }
            replan(&table, now)
        }
    }

    /// - Returns: whether anything has changed.
    private func sweep(_ table: inout Table, _ now: Duration) -> Bool {
        let sorted = table.members.sorted { $0.key < $1.key }
        let tallies = sorted.compactMap { id, member -> OutlierMachine.Tally? in
            // Whom an operator holds in use is not judged.
            guard table.forced[id] != .inUse else { return nil }
            let endpoint = member.endpoint
            return OutlierMachine.Tally(
                id: id, successes: endpoint.recentSuccesses.exchange(0, ordering: .relaxed),
                failures: endpoint.recentFailures.exchange(0, ordering: .relaxed),
                microseconds: endpoint.recentMicroseconds.exchange(0, ordering: .relaxed))
        }
        guard let swept = table.outliers?.sweep(tallies, now: now) else { return false }
        for id in swept.returned {
            table.members[id]?.warmSince = now
            table.members[id]?.endpoint.failuresInARow.store(0, ordering: .relaxed)
        }
        return swept != OutlierMachine.Swept()
    }

    func replan(_ table: inout Table, _ now: Duration) {
        let members = table.members.sorted { $0.key < $1.key }.map { id, member in
            var member = member
            member.isEjected = table.outliers?.ejection(of: id) != nil
            // Whom an operator takes out is as one that is about to leave: not even a panic brings it calls.
            if table.forced[id] == .ejected { member.isDraining = true }
            return member
        }
        let plan = BalancerPlan(members, table.policy, zone: zone, now: now)
        table.isWarming = plan.isWarming
        self.plan.withLock { $0 = plan }
    }

    private static func tick(of uptime: Duration) -> Tick { Tick(truncatingIfNeeded: uptime.milliseconds) }
}
