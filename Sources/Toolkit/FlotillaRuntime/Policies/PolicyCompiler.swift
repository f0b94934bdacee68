internal import FlotillaConfiguration
internal import FlotillaPolicies
internal import FlotillaResilience

/// Looks up the names of a draft and makes policies of it; collects everything that is wrong.
struct PolicyCompiler {
    /// What a policy says to have none of a part.
    static let none = "none"

    static let usualDelivery = usual(PolicyDraft.delivery)
    static let usualActivity = usual(PolicyDraft.activity)
    static let usualStore = usual(PolicyDraft.store)

    private static func usual<Bounds>(_ body: (inout YAMLFields) -> Bounds) -> PolicyFile.Entry<Bounds> {
        let usual = YAMLReader.defaults(of: body)
        return PolicyFile.Entry(name: nil, bounds: usual.value, values: values(usual.settings))
    }

    static func entries<Bounds>(_ named: [YAMLNamed<Bounds>]) -> [PolicyFile.Entry<Bounds>] {
        named.map { PolicyFile.Entry(name: $0.name, bounds: $0.value, values: values($0.settings)) }
    }

    /// A part of a policy, and where its values are from.
    struct Part<Value> {
        var value: Value?
        var values: [PolicyFile.Value]
    }

    let draft: PolicyDraft
    private(set) var problems: [ConfigurationProblem] = []
    private var done: [String: PolicyFile.Policy] = [:]
    private var parts: [String: [String: [PolicyFile.Value]]] = [:]
    private var underWay: [String] = []

    init(_ draft: PolicyDraft) { self.draft = draft }

    // MARK: Policies

    /// All of them, in the order of the file.
    mutating func policies() -> [PolicyFile.Policy] {
        let all = draft.policies.compactMap { policy($0) }
        let conflicts = BulkheadPolicy.conflicts(all.map(\.call))
        for conflict in conflicts { problems.append(Self.sentence(conflict, "policies", draft.policies.first?.origin)) }
        return all
    }

    private mutating func policy(_ named: YAMLNamed<PolicyDraft.Policy>) -> PolicyFile.Policy? {
        if let known = done[named.name] { return known }
        let parent = parent(of: named)
        underWay.append(named.name)
        defer { underWay.removeLast() }
        let own = named.value
        let path = "policies.\(named.name)"
        let above = parent.flatMap { parts[$0.name] } ?? [:]
        let timeout = timeout(own.timeout, path, parent, above["timeout"])
        let retry = part(
            "retry", own.retry, draft.retries, "retries", path,
            inherited: parent.map { Part(value: $0.call.retry, values: above["retry"] ?? []) },
            usual: PolicyParts.retry)
        let breaker = part(
            "breaker", own.breaker, draft.breakers, "breakers", path,
            inherited: parent.map { Part(value: $0.call.breaker, values: above["breaker"] ?? []) },
            usual: PolicyParts.breaker)
        let bulkhead = part(
            "bulkhead", own.bulkhead, pools, "pools", path,
            inherited: parent.map { Part(value: $0.call.bulkhead, values: above["bulkhead"] ?? []) } ?? usualPool,
            usual: nil)
        let limit = part(
            "limit", own.limit, draft.limits, "limits", path,
            inherited: parent.map { Part(value: $0.call.limit, values: above["limit"] ?? []) }, usual: nil)
        let hedge = part(
            "hedge", own.hedge, draft.hedges, "hedges", path,
            inherited: parent.map { Part(value: $0.call.hedge, values: above["hedge"] ?? []) }, usual: nil)
        let minimum = minimumTime(named, parent, above["minimumTime"])
        let balancer = part(
            "balancer", own.balancer, draft.balancers, "balancers", path,
            inherited: parent.map { Part(value: $0.balancer, values: above["balancer"] ?? []) }, usual: nil)
        let outliers = part(
            "outliers", own.outliers, draft.outliers, "outliers", path,
            inherited: parent.map { Part(value: $0.outliers, values: above["outliers"] ?? []) }, usual: nil)
        let call = CallPolicy(
            name: named.name, timeout: timeout.value ?? .seconds(5), retry: retry.value, breaker: breaker.value,
            bulkhead: bulkhead.value, limit: limit.value, hedge: hedge.value,
            minimumTime: minimum.value ?? .zero)
        if problems.isEmpty {
            for problem in call.problems() { problems.append(Self.sentence(problem, path, named.origin)) }
        }
        let all: [(String, [PolicyFile.Value])] = [
            ("timeout", timeout.values), ("minimumTime", minimum.values), ("retry", retry.values),
            ("breaker", breaker.values), ("bulkhead", bulkhead.values), ("limit", limit.values),
            ("hedge", hedge.values), ("balancer", balancer.values), ("outliers", outliers.values),
        ]
        parts[named.name] = Dictionary(uniqueKeysWithValues: all)
        let policy = PolicyFile.Policy(
            name: named.name, about: own.about, origin: named.origin, call: call, balancer: balancer.value,
            outliers: outliers.value, values: all.flatMap(\.1))
        done[named.name] = policy
        return policy
    }

    private mutating func parent(of named: YAMLNamed<PolicyDraft.Policy>) -> PolicyFile.Policy? {
        guard let like = named.value.like else { return nil }
        let origin = named.settings.first { $0.key == "like" }?.origin ?? named.origin
        let key = "policies.\(named.name).like"
        guard let found = draft.policies.first(where: { $0.name == like }) else {
            problems.append(Self.unknown(like, key, origin, section: "policies", draft.policies.map(\.name)))
            return nil
        }
        guard like != named.name, !underWay.contains(like) else {
            problems.append(
                ConfigurationProblem(
                    key: key, value: like, origin: origin, message: "comes back to where it began",
                    allowed: "a policy that is not like this one"))
            return nil
        }
        underWay.append(named.name)
        defer { underWay.removeLast() }
        return policy(found)
    }

    // MARK: Parts

    private mutating func part<Value>(
        _ key: String, _ form: YAMLForm<Value>?, _ section: [YAMLNamed<Value>], _ sectionName: String,
        _ path: String, inherited: Part<Value>?, usual: ((inout YAMLFields) -> Value)?
    ) -> Part<Value> {
        switch form {
        case .value(_, let origin):
            return Part(value: nil, values: [.init(key: key, text: Self.none, origin: origin, through: nil)])
        case .group(let value, let settings, _):
            return Part(value: value, values: Self.values(settings, below: key))
        case .name(let name, let origin):
            guard let found = section.first(where: { $0.name == name }) else {
                let known = section.map(\.name) + [Self.none]
                problems.append(Self.unknown(name, "\(path).\(key)", origin, section: sectionName, known))
                return Part(value: nil, values: [])
            }
            return Part(
                value: found.value,
                values: Self.values(found.settings, below: key, through: "\(sectionName).\(name)"))
        case nil:
            if let inherited { return inherited }
            guard let usual else {
                return Part(
                    value: nil, values: [.init(key: key, text: Self.none, origin: .defaultValue, through: nil)])
            }
            let found = YAMLReader.defaults(of: usual)
            return Part(value: found.value, values: Self.values(found.settings, below: key))
        }
    }

    private mutating func timeout(
        _ form: YAMLForm<Never>?, _ path: String, _ parent: PolicyFile.Policy?, _ above: [PolicyFile.Value]?
    ) -> Part<Duration> {
        switch form {
        case .value(.duration(let value), let origin):
            return Part(
                value: value,
                values: [.init(key: "timeout", text: DurationText.format(value), origin: origin, through: nil)])
        case .name(let name, let origin):
            guard let found = draft.timeouts.first(where: { $0.name == name }) else {
                let known = draft.timeouts.map(\.name) + ["a duration such as 2s"]
                problems.append(Self.unknown(name, "\(path).timeout", origin, section: "timeouts", known))
                return Part(value: nil, values: [])
            }
            return Part(
                value: found.value, values: Self.values(found.settings, below: "timeout", through: "timeouts.\(name)"))
        default:
            if let parent { return Part(value: parent.call.timeout, values: above ?? []) }
            return Part(
                value: .seconds(5), values: [.init(key: "timeout", text: "5s", origin: .defaultValue, through: nil)])
        }
    }

    private mutating func minimumTime(
        _ named: YAMLNamed<PolicyDraft.Policy>, _ parent: PolicyFile.Policy?, _ above: [PolicyFile.Value]?
    ) -> Part<Duration> {
        if let value = named.value.minimumTime {
            let setting = named.settings.filter { $0.key == "minimumTime" }
            return Part(value: value, values: Self.values(setting))
        }
        if let parent { return Part(value: parent.call.minimumTime, values: above ?? []) }
        return Part(
            value: .zero, values: [.init(key: "minimumTime", text: "0s", origin: .defaultValue, through: nil)])
    }

    // MARK: Pools

    /// Those of the file, and of the built-in ones those it does not say otherwise.
    private var pools: [YAMLNamed<BulkheadPolicy>] {
        let own = draft.pools.map { named in
            var named = named
            named.value.pool = named.name
            return named
        }
        let known = own.map(\.name)
        return own + [BulkheadPolicy.critical, .standard, .background].compactMap { usual in
            guard let name = usual.pool, !known.contains(name) else { return nil }
            let settings: [(String, String)] = [
                ("concurrency", String(usual.concurrencyMax)), ("queue", String(usual.queueMax)),
                ("wait", DurationText.format(usual.waitMax)),
            ]
            return YAMLNamed(
                name: name, origin: .defaultValue, value: usual,
                settings: settings.map { YAMLFields.Setting(key: $0.0, text: $0.1, origin: .defaultValue) })
        }
    }

    /// What holds without a word about a bulkhead.
    var usualPool: Part<BulkheadPolicy> {
        let pool = pools.first { $0.name == "standard" }
        return Part(
            value: pool?.value,
            values: Self.values(pool?.settings ?? [], below: "bulkhead", through: "pools.standard"))
    }

    // MARK: Pieces

    static func values(
        _ settings: [YAMLFields.Setting], below key: String = "", through: String? = nil
    ) -> [PolicyFile.Value] {
        settings.map { setting in
            let full = [key, setting.key].filter { !$0.isEmpty }.joined(separator: ".")
            return PolicyFile.Value(key: full, text: setting.text, origin: setting.origin, through: through)
        }
    }

    static func unknown(
        _ name: String, _ key: String, _ origin: ConfigurationOrigin, section: String, _ known: [String]
    ) -> ConfigurationProblem {
        ConfigurationProblem(
            key: key, value: name, origin: origin,
            message: "is no name of the section \(section)" + ConfigurationProblem.suggestion(for: name, among: known),
            allowed: known.isEmpty ? "nothing: the section is empty" : known.joined(separator: ", "))
    }

    /// A sentence of the policies themselves.
    static func sentence(_ text: String, _ key: String, _ origin: ConfigurationOrigin?) -> ConfigurationProblem {
        let parts = text.split(separator: "; allowed", maxSplits: 1)
        var allowed = parts.count == 2 ? String(parts[1]) : "values that go together"
        for start in [" are ", " is "] where allowed.hasPrefix(start) { allowed.removeFirst(start.count) }
        return ConfigurationProblem(
            key: key, value: nil, origin: origin, message: String(parts[0]), allowed: allowed)
    }
}
