public import FlotillaConfiguration
public import FlotillaResilience

/// What the policies of a fleet come to: the worst case of every way in, and why the fleet must not start with them.
///
/// A value; made from a file and a fleet's shape, before anything runs.
public struct PolicyPlan: Sendable {
    /// A consumer, and what becomes of a message it cannot handle.
    public struct Consumer: Sendable, Hashable {
        /// The service.
        public var service: String
        /// What it handles.
        public var types: [String]
        /// How it tries again.
        public var bounds: RedeliveryBounds
        /// `deliveries.standard`, or the built-in one.
        public var policy: String
    }

    /// A database, and what it takes on.
    public struct Database: Sendable, Hashable {
        /// The service.
        public var service: String
        /// Its queue and its groups.
        public var bounds: StoreBounds
        /// `stores.standard`, or the built-in one.
        public var policy: String
    }

    /// Every way in with its worst case: routes, then schedules.
    public var worstCases: [CallPlan.WorstCase]
    /// Every consumer, by service.
    public var consumers: [Consumer]
    /// Every database, by service.
    public var databases: [Database]
    /// Why the fleet must not start; empty when it may.
    public var refusals: [CallPlan.Refusal]
    /// What the plan was held against.
    public var bounds: PlanBounds
    private let file: PolicyFile

    /// The plan of these policies for that fleet.
    public init(_ file: PolicyFile, for fleet: FleetShape) {
        self.file = file
        bounds = file.bounds
        let edges = fleet.callTargets.compactMap { target -> CallPlan.Edge? in
            let parts = target.split(separator: PolicyBook.arrow, maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            let callee = String(parts[1].prefix { $0 != "." })
            let operation = parts[1].dropFirst(callee.count + 1)
            return CallPlan.Edge(
                caller: parts[0], callee: callee, operation: operation.isEmpty ? nil : String(operation),
                policy: file.policy(for: target)?.policy.call ?? file.standard)
        }
        var entries = fleet.routes.map { route in
            route.isLocal
                ? CallPlan.Entry(route.name, start: route.service, deadline: route.timeout)
                : CallPlan.Entry(
                    route.name, start: route.door, first: route.service, deadline: route.timeout,
                    isRepeatable: route.isRead)
        }
        for member in fleet.members {
            for (name, interval) in member.schedules.sorted(by: { $0.key < $1.key }) {
                entries.append(
                    CallPlan.Entry("schedule \(member.name).\(name)", start: member.name, deadline: interval))
            }
        }
        let plan = CallPlan(edges, entries: entries)
        worstCases = plan.worstCases()
        refusals = plan.refusals(attemptsMax: bounds.attemptsMax, loadMax: bounds.loadMax)
        let services = fleet.members.filter(\.isService).sorted { $0.name < $1.name }
        consumers = services.filter { !$0.consumes.isEmpty }.map { member in
            let (delivery, _) = file.delivery(for: member.name)
            return Consumer(
                service: member.name, types: member.consumes.sorted(), bounds: delivery.bounds.redelivery,
                policy: delivery.name.map { "deliveries.\($0)" } ?? "built-in")
        }
        databases = services.map { member in
            let (store, _) = file.store(for: member.name)
            return Database(
                service: member.name, bounds: store.bounds, policy: store.name.map { "stores.\($0)" } ?? "built-in")
        }
    }

    /// Every refusal as a problem of the file, at the line of the entry that decides, so that the start says it as it
    /// says every other mistake in the file.
    public var problems: [ConfigurationProblem] {
        refusals.map { refusal in
            let attachment = refusal.target.flatMap { file.policy(for: $0)?.attachment }
            var message = refusal.sentence
            if let first = refusal.entries.first {
                let others = refusal.entries.count - 1
                message += " It begins with \(first)\(others > 0 ? " and \(others) more" : "")."
            }
            // What follows it is its place.
            if message.hasSuffix(".") { message.removeLast() }
            return ConfigurationProblem(
                key: refusal.subject, value: nil,
                origin: attachment?.origin ?? .file(path: file.path, line: 0), message: message,
                allowed: allowed(refusal.kind))
        }
    }

    private func allowed(_ kind: CallPlan.Refusal.Kind) -> String {
        switch kind {
        case .circle: "calls in one direction"
        case .attempts: "at most \(bounds.attemptsMax) calls (plan.attemptsMax)"
        case .load: "at most \(bounds.loadMax.short) times the load (plan.loadMax)"
        case .timeout: "a timeout no longer than whoever waits for it"
        case .unbounded: "a bulkhead: a pool, or one of its own"
        case .chains: "fewer than \(CallPlan.chainsMax) chains"
        }
    }
}
