public import FlotillaConfiguration
internal import FlotillaResilience

extension PolicyFile {
    /// Reads a policy file, strictly: unknown keys, values that are not allowed, names of nothing and targets the fleet
    /// does not have are refused, all at once.
    ///
    /// - Parameter fleet: what its targets are checked against; nil: they are not.
    /// - Throws: ``ConfigurationError`` with everything that is wrong, each with line and column, by place.
    public static func read(
        _ file: ConfigurationFile, for fleet: FleetShape? = nil
    ) throws(ConfigurationError) -> PolicyFile {
        let read = YAMLReader.read(file) { PolicyDraft(&$0) }
        var problems = read.problems
        guard let draft = read.value else { throw ConfigurationError(problems) }
        var compiler = PolicyCompiler(draft)
        var result = PolicyFile(path: file.path)
        result.policies = compiler.policies()
        result.standard.bulkhead = compiler.usualPool.value
        // What was refused is missing here; a sentence about that would lead people astray.
        let broken = Set(problems.map { $0.key.split(separator: ".").prefix(2).joined(separator: ".") })
        problems += compiler.problems.filter { problem in
            guard let name = problem.value, problem.message.hasPrefix("is no name of") else { return true }
            return !broken.contains { $0.hasSuffix(".\(name)") }
        }
        result.limiters = PolicyCompiler.entries(draft.adaptive)
        result.deliveries = PolicyCompiler.entries(draft.deliveries)
        result.tasks = PolicyCompiler.entries(draft.activities)
        result.stores = PolicyCompiler.entries(draft.stores)
        result.bounds = draft.bounds
        var targets = PolicyTargets(fleet: fleet)
        result.calls = targets.calls(draft.calls, draft.policies.map(\.name))
        result.doors = targets.doors(draft.doors, draft.adaptive.map(\.name))
        result.consumers = targets.services(
            draft.consumers, "consumers", draft.deliveries.map(\.name), section: "deliveries"
        ) { !$0.consumes.isEmpty }
        result.activities = targets.activities(draft.activityTargets, draft.activities.map(\.name))
        result.databases = targets.services(
            draft.databases, "databases", draft.stores.map(\.name), section: "stores"
        ) { $0.isService }
        problems += targets.problems
        guard problems.isEmpty else { throw ConfigurationError(YAMLReader.inOrder(problems)) }
        return result
    }

    /// The JSON Schema of the file, for editors.
    public static var jsonSchema: String {
        YAMLReader.shape { PolicyDraft(&$0) }.jsonSchema(
            title: "Policies of a fleet",
            about: "Named timeouts, retries, breakers, pools and more, and the calls, consumers and databases they "
                + "go with. See docs/policies.md.")
    }
}

/// Checks what the policies are to go with.
struct PolicyTargets {
    let fleet: FleetShape?
    private(set) var problems: [ConfigurationProblem] = []

    init(fleet: FleetShape?) { self.fleet = fleet }

    mutating func calls(_ entries: [YAMLNamed<String>], _ policies: [String]) -> [PolicyFile.Attachment] {
        attached(entries, "calls", policies, section: "policies") { targets, entry in
            targets.checkCall(entry)
        }
    }

    mutating func services(
        _ entries: [YAMLNamed<String>], _ kind: String, _ names: [String], section: String,
        _ fits: (FleetShape.Member) -> Bool
    ) -> [PolicyFile.Attachment] {
        let known = fleet?.members.filter(fits).map(\.name).sorted()
        return attached(entries, kind, names, section: section) { targets, entry in
            guard let known, entry.name != PolicyBook.any, !known.contains(entry.name) else { return entry.name }
            targets.refuse(entry, kind, "is no service with \(kind)", entry.name, known + [PolicyBook.any])
            return entry.name
        }
    }

    mutating func doors(_ entries: [YAMLNamed<String>], _ names: [String]) -> [PolicyFile.Attachment] {
        let known = fleet.map { Set($0.routes.map(\.door)).sorted() }
        return attached(entries, "doors", names, section: "adaptive") { targets, entry in
            guard let known, entry.name != PolicyBook.any, !known.contains(entry.name) else { return entry.name }
            targets.refuse(entry, "doors", "is no door", entry.name, known + [PolicyBook.any])
            return entry.name
        }
    }

    mutating func activities(_ entries: [YAMLNamed<String>], _ names: [String]) -> [PolicyFile.Attachment] {
        let members = fleet?.members.filter { !$0.activities.isEmpty }.sorted { $0.name < $1.name }
        let known = members?.flatMap { member in [member.name] + member.activities.map { "\(member.name).\($0)" } }
        return attached(entries, "activities", names, section: "activities") { targets, entry in
            guard let known, entry.name != PolicyBook.any, !known.contains(entry.name) else { return entry.name }
            targets.refuse(entry, "activities", "is no activity", entry.name, known + [PolicyBook.any])
            return entry.name
        }
    }

    private mutating func attached(
        _ entries: [YAMLNamed<String>], _ kind: String, _ names: [String], section: String,
        _ pattern: (inout PolicyTargets, YAMLNamed<String>) -> String
    ) -> [PolicyFile.Attachment] {
        var seen: [String: ConfigurationOrigin] = [:]
        var all: [PolicyFile.Attachment] = []
        for entry in entries {
            if !names.contains(entry.value) {
                let origin = entry.settings.first?.origin ?? entry.origin
                problems.append(
                    PolicyCompiler.unknown(
                        entry.value, "targets.\(kind).\(entry.name)", origin, section: section, names))
            }
            let name = pattern(&self, entry)
            if let first = seen.updateValue(entry.origin, forKey: name) {
                problems.append(
                    ConfigurationProblem(
                        key: "targets.\(kind).\(entry.name)", value: nil, origin: entry.origin,
                        message: "is the same as \(name) at \(first)", allowed: "each target once"))
            }
            all.append(PolicyFile.Attachment(pattern: name, policy: entry.value, origin: entry.origin))
        }
        return all
    }

    // MARK: Calls

    /// The pattern with its arrow as it is used inside.
    static func normal(_ text: String) -> String {
        let parts = text.replacing("->", with: "→").split(separator: "→", omittingEmptySubsequences: false)
        return parts.map { part in part.filter { $0 != " " } }.joined(separator: PolicyBook.arrow)
    }

    private mutating func checkCall(_ entry: YAMLNamed<String>) -> String {
        let pattern = Self.normal(entry.name)
        guard let fleet, pattern != PolicyBook.any else { return pattern }
        let parts = pattern.split(separator: PolicyBook.arrow, omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            let forms = ["caller → callee.operation", "caller → callee", "callee", "*"]
            refuse(entry, "calls", "is not a target", "", forms)
            return pattern
        }
        var callees = Set(fleet.members.flatMap(\.calls)).sorted()
        if parts.count == 2 {
            let callers = fleet.members.filter { !$0.calls.isEmpty }.map(\.name).sorted()
            guard let caller = fleet[parts[0]], !caller.calls.isEmpty else {
                let who = fleet[parts[0]] == nil ? "a caller that is not in the fleet" : "a caller that calls nobody"
                refuse(entry, "calls", "names \(who)", parts[0], callers)
                return pattern
            }
            callees = caller.calls.sorted()
        }
        let call = parts[parts.count - 1]
        guard call != PolicyBook.any else { return pattern }
        checkCallee(entry, call, callees, caller: parts.count == 2 ? parts[0] : nil)
        return pattern
    }

    private mutating func checkCallee(
        _ entry: YAMLNamed<String>, _ call: String, _ callees: [String], caller: String?
    ) {
        guard let fleet else { return }
        let name = String(call.prefix { $0 != "." })
        let operation = call.dropFirst(name.count + 1)
        let member = fleet[name]
        let type = operation.isEmpty ? nil : member?.consumes.first { $0.isMessage(String(operation)) }
        if let type {
            refuse(
                entry, "calls", "is no call: \(name) gets it as the message \(type)", "",
                ["a call; how it is tried again says targets.consumers.\(name)"])
            return
        }
        guard callees.contains(name) else {
            let who = caller.map { "a callee that \($0) does not call" } ?? "a callee that nobody calls"
            refuse(entry, "calls", "names \(who)", name, callees)
            return
        }
        let operations = caller.flatMap { fleet[$0] }?.isService == false ? [] : member?.operations ?? []
        guard !operation.isEmpty, !operations.contains(String(operation)) else { return }
        refuse(
            entry, "calls", "names an operation that \(name) does not have", String(operation),
            operations.isEmpty ? [name] : operations)
    }

    private mutating func refuse(
        _ entry: YAMLNamed<String>, _ kind: String, _ message: String, _ word: String, _ known: [String]
    ) {
        let hint = word.isEmpty ? "" : ConfigurationProblem.suggestion(for: word, among: known)
        problems.append(
            ConfigurationProblem(
                key: "targets.\(kind).\(entry.name)", value: nil, origin: entry.origin, message: message + hint,
                allowed: known.joined(separator: ", ")))
    }
}

extension String {
    /// Whether a message type, `shop.payments.process-payment.v1`, is meant by a name like `ProcessPayment`.
    func isMessage(_ name: String) -> Bool {
        let parts = split(separator: ".")
        guard parts.count >= 2 else { return false }
        let short = parts[parts.count - 2]
        return short == name || short.filter { $0 != "-" }.lowercased() == name.lowercased()
    }
}
