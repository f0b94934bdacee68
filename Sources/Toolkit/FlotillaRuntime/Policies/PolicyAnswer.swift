internal import FlotillaConfiguration
public import FlotillaResilience

/// What holds for something people ask about by name: a call, a message, a consumer or a database.
public struct PolicyAnswer: Sendable {
    /// What was asked about.
    public enum Subject: Sendable {
        /// A call somebody waits for.
        case call(EffectivePolicy)
        /// A message, and the service that handles it.
        case message(type: String, senders: [String], service: String, PolicyFile.Entry<DeliveryBounds>)
        /// Where requests come in; nil: the door's own limit.
        case door(name: String, PolicyFile.Entry<AdaptiveLimit>?)
        /// A service of which several instances may run; nil: no entry speaks of them.
        case balancer(service: String, PolicyFile.Entry<InstanceChoice>?)
        /// A service that handles messages.
        case consumer(service: String, PolicyFile.Entry<DeliveryBounds>)
        /// What a service asks of the outside.
        case activity(name: String, PolicyFile.Entry<ActivityBounds>)
        /// A service's database.
        case database(service: String, PolicyFile.Entry<StoreBounds>)
    }

    /// What was asked about, in its full name: `orders → catalog.GetProducts`.
    public var title: String
    /// What holds.
    public var subject: Subject
    /// The entry of the file that decides; nil: none does.
    public var pattern: String?
    /// Where that entry stands, or `default`.
    public var origin: String

    /// Everything that can be asked about in a fleet, in a fixed order.
    public static func all(in file: PolicyFile, for fleet: FleetShape) -> [PolicyAnswer] {
        fleet.callTargets.map { call($0, file) }
            + doors(of: fleet).map { door($0, file) }
            + fleet.services.filter { fleet.chooser(of: $0) != nil }.map { balancer($0, file, fleet) }
            + fleet.members.filter { !$0.consumes.isEmpty }.map { consumer($0.name, file) }
                .sorted { $0.title < $1.title }
            + activityNames(of: fleet).map { activity($0, file) }
            + fleet.services.map { database($0, file) }
    }

    /// What holds for `orders → catalog.GetProducts`, `payments.ProcessPayment`, `door gateway`, `balancer orders`,
    /// `consumer orders`, `activity payments.charge-card` or `database orders`; of what several callers call, an answer
    /// for each.
    ///
    /// - Returns: nothing for a name the fleet does not have; see ``suggestion(for:for:)``.
    public static func find(_ text: String, in file: PolicyFile, for fleet: FleetShape) -> [PolicyAnswer] {
        for (word, make) in [("consumer ", consumer), ("database ", database)] where text.hasPrefix(word) {
            let name = String(text.dropFirst(word.count)).filter { $0 != " " }
            guard let member = fleet[name], member.isService, word == "database " || !member.consumes.isEmpty else {
                return []
            }
            return [make(name, file)]
        }
        if text.hasPrefix("door ") {
            let name = String(text.dropFirst("door ".count)).filter { $0 != " " }
            return doors(of: fleet).filter { $0 == name }.map { door($0, file) }
        }
        if text.hasPrefix("balancer ") {
            let name = String(text.dropFirst("balancer ".count)).filter { $0 != " " }
            return fleet.services.filter { $0 == name && fleet.chooser(of: $0) != nil }
                .map { balancer($0, file, fleet) }
        }
        if text.hasPrefix("activity ") {
            let name = String(text.dropFirst("activity ".count)).filter { $0 != " " }
            return activityNames(of: fleet).filter { $0 == name || $0.hasPrefix(name + ".") }.map { activity($0, file) }
        }
        let target = PolicyTargets.normal(text)
        let calls = fleet.callTargets.filter { known in
            known == target || known.hasPrefix(target + ".") || known.hasSuffix(PolicyBook.arrow + target)
                || known.contains(PolicyBook.arrow + target + ".")
        }
        if !calls.isEmpty { return calls.map { call($0, file) } }
        return messages(target, file, fleet)
    }

    /// The known name nearest to one that is not: `; did you mean X?`, or nothing.
    public static func suggestion(for text: String, for fleet: FleetShape) -> String {
        let target = PolicyTargets.normal(text)
        // Each as it is, and without its operation.
        let calls = fleet.callTargets.flatMap { [$0, String($0.prefix { $0 != "." })] }
        let short = calls.compactMap { $0.split(separator: PolicyBook.arrow).last.map(String.init) }
        let isWhole = target.contains(PolicyBook.arrow)
        return ConfigurationProblem.suggestion(for: target, among: Set(isWhole ? calls : short).sorted())
    }

    // MARK: Making them

    private static func call(_ target: String, _ file: PolicyFile) -> PolicyAnswer {
        let effective = EffectivePolicy(of: target, in: file)
        return PolicyAnswer(
            title: target, subject: .call(effective), pattern: effective.pattern, origin: effective.origin)
    }

    private static func doors(of fleet: FleetShape) -> [String] { Set(fleet.routes.map(\.door)).sorted() }

    private static func door(_ name: String, _ file: PolicyFile) -> PolicyAnswer {
        let found = file.door(for: name)
        return PolicyAnswer(
            title: "door \(name)", subject: .door(name: name, found?.entry), pattern: found?.attachment.pattern,
            origin: Self.origin(found?.attachment))
    }

    private static func consumer(_ service: String, _ file: PolicyFile) -> PolicyAnswer {
        let (delivery, attachment) = file.delivery(for: service)
        return PolicyAnswer(
            title: "consumer \(service)", subject: .consumer(service: service, delivery),
            pattern: attachment?.pattern, origin: Self.origin(attachment))
    }

    private static func balancer(_ service: String, _ file: PolicyFile, _ fleet: FleetShape) -> PolicyAnswer {
        let found = file.choice(of: service, for: fleet)
        return PolicyAnswer(
            title: "balancer \(service)", subject: .balancer(service: service, found?.entry),
            pattern: found?.attachment.pattern, origin: Self.origin(found?.attachment))
    }

    private static func activityNames(of fleet: FleetShape) -> [String] {
        fleet.members.flatMap { member in member.activities.map { "\(member.name).\($0)" } }.sorted()
    }

    private static func activity(_ name: String, _ file: PolicyFile) -> PolicyAnswer {
        let (entry, attachment) = file.activity(for: name)
        return PolicyAnswer(
            title: "activity \(name)", subject: .activity(name: name, entry), pattern: attachment?.pattern,
            origin: Self.origin(attachment))
    }

    private static func database(_ service: String, _ file: PolicyFile) -> PolicyAnswer {
        let (store, attachment) = file.store(for: service)
        return PolicyAnswer(
            title: "database \(service)", subject: .database(service: service, store),
            pattern: attachment?.pattern, origin: Self.origin(attachment))
    }

    private static func messages(_ target: String, _ file: PolicyFile, _ fleet: FleetShape) -> [PolicyAnswer] {
        let parts = target.split(separator: PolicyBook.arrow).map(String.init)
        guard let call = parts.last else { return [] }
        let service = String(call.prefix { $0 != "." })
        let name = String(call.dropFirst(service.count + 1))
        guard let member = fleet[service],
            let type = member.consumes.first(where: { $0 == call || (!name.isEmpty && $0.isMessage(name)) })
        else { return [] }
        let senders = fleet.members.filter { $0.publishes.contains(type) }.map(\.name).sorted()
        guard parts.count < 2 || senders.contains(parts[0]) else { return [] }
        let (delivery, attachment) = file.delivery(for: service)
        return [
            PolicyAnswer(
                title: target, subject: .message(type: type, senders: senders, service: service, delivery),
                pattern: attachment?.pattern, origin: Self.origin(attachment))
        ]
    }

    private static func origin(_ attachment: PolicyFile.Attachment?) -> String {
        (attachment?.origin ?? .defaultValue).description
    }
}
