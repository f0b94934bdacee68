public import FlotillaConfiguration
public import FlotillaResilience

/// The policies of a fleet, as one YAML file says them: named parts, policies made of them, and what they go with.
///
/// A value; see docs/policies.md for the format. Of everything in it is known at which line it was said.
public struct PolicyFile: Sendable {
    /// One value of a policy, and who said so.
    public struct Value: Sendable, Hashable {
        /// `retry.backoff.first`.
        public var key: String
        /// As it would be written: `500ms`, or `none`.
        public var text: String
        /// A line of the file, or the built-in default.
        public var origin: ConfigurationOrigin
        /// The named part or policy it came through: `retries.usual`, `policies.standard`; nil: none.
        public var through: String?
    }

    /// A policy of the file.
    public struct Policy: Sendable {
        /// `critical`.
        public var name: String
        /// What it is for, in the words of the file.
        public var about: String?
        /// Where it begins.
        public var origin: ConfigurationOrigin
        /// What its calls go by.
        public var call: CallPolicy
        /// How the instances of the callee are chosen; nil: as the fleet chooses anyway.
        public var balancer: BalancerPolicy?
        /// When an instance is not chosen for a while; nil: never for that.
        public var outliers: OutlierPolicy?
        /// Every value, in a fixed order.
        public var values: [Value]
    }

    /// An entry of another section than `policies:`, which goes with a service rather than with its calls.
    public struct Entry<Bounds: Sendable & Hashable>: Sendable, Hashable {
        /// `standard`; nil: the built-in one.
        public var name: String?
        /// What it allows.
        public var bounds: Bounds
        /// Every value, in a fixed order.
        public var values: [Value]
    }

    /// Something of `targets:`.
    public struct Attachment: Sendable, Hashable {
        /// With the arrow as `→`: `orders → catalog.GetProducts`.
        public var pattern: String
        /// Which policy.
        public var policy: String
        /// Where the pattern stands.
        public var origin: ConfigurationOrigin
    }

    /// The file's name in messages.
    public internal(set) var path: String
    /// In the order of the file.
    public internal(set) var policies: [Policy] = []
    /// What goes with calls.
    public internal(set) var calls: [Attachment] = []
    /// What goes with where requests come in.
    public internal(set) var doors: [Attachment] = []
    /// What goes with the consumers of services.
    public internal(set) var consumers: [Attachment] = []
    /// What goes with what services ask of the outside.
    public internal(set) var activities: [Attachment] = []
    /// What goes with the databases of services.
    public internal(set) var databases: [Attachment] = []
    /// What the plan of all calls may come to.
    public internal(set) var bounds = PlanBounds()
    var limiters: [Entry<AdaptiveLimit>] = []
    var deliveries: [Entry<DeliveryBounds>] = []
    var tasks: [Entry<ActivityBounds>] = []
    var stores: [Entry<StoreBounds>] = []

    init(path: String) { self.path = path }

    /// What holds for calls that no entry fits: the built-in policy, in the file's own pool of that name.
    public internal(set) var standard = CallPolicy.standard

    /// Which policy goes with which call.
    public var book: PolicyBook {
        var byTarget: [String: CallPolicy] = [:]
        for attachment in calls {
            byTarget[attachment.pattern] = policies.first { $0.name == attachment.policy }?.call
        }
        return PolicyBook(standard: standard, byTarget: byTarget)
    }

    /// The policy that holds for a call, and the entry that says so; nil when no entry fits.
    public func policy(for target: String) -> (policy: Policy, attachment: Attachment)? {
        for pattern in PolicyBook.patterns(for: target) {
            guard let attachment = calls.first(where: { $0.pattern == pattern }),
                let policy = policies.first(where: { $0.name == attachment.policy })
            else { continue }
            return (policy, attachment)
        }
        return nil
    }

    /// How many requests a door lets in at once, and the entry that says so; nil when none does.
    public func door(for name: String) -> (entry: Entry<AdaptiveLimit>, attachment: Attachment)? {
        guard let found = Self.match([name], doors), let entry = limiters.first(where: { $0.name == found.policy })
        else { return nil }
        return (entry, found)
    }

    /// What every door goes by, as its shedders take it.
    var doorBook: [String: LoadShedders.Named] {
        var book: [String: LoadShedders.Named] = [:]
        for attachment in doors {
            guard let entry = limiters.first(where: { $0.name == attachment.policy }) else { continue }
            book[attachment.pattern] = LoadShedders.Named(name: attachment.policy, limit: entry.bounds)
        }
        return book
    }

    /// How the consumer of a service tries again, and the entry that says so.
    public func delivery(for service: String) -> (entry: Entry<DeliveryBounds>, attachment: Attachment?) {
        let found = Self.match([service], consumers)
        return (deliveries.first { $0.name == found?.policy } ?? PolicyCompiler.usualDelivery, found)
    }

    /// How an activity is done, `payments.charge-card`, and the entry that says so.
    public func activity(for name: String) -> (entry: Entry<ActivityBounds>, attachment: Attachment?) {
        let found = Self.match([name, String(name.prefix { $0 != "." })], activities)
        return (tasks.first { $0.name == found?.policy } ?? PolicyCompiler.usualActivity, found)
    }

    /// What the database of a service takes on, and the entry that says so.
    public func store(for service: String) -> (entry: Entry<StoreBounds>, attachment: Attachment?) {
        let found = Self.match([service], databases)
        return (stores.first { $0.name == found?.policy } ?? PolicyCompiler.usualStore, found)
    }

    private static func match(_ names: [String], _ attachments: [Attachment]) -> Attachment? {
        for name in names + [PolicyBook.any] {
            if let found = attachments.first(where: { $0.pattern == name }) { return found }
        }
        return nil
    }
}

/// How often and when a message whose handler failed is tried again; becomes a `RedeliveryPolicy`.
public struct RedeliveryBounds: Sendable, Hashable {
    /// All tries, the first included.
    public var attemptsMax: Int
    /// The pause after the first failure; it doubles with each further one.
    public var firstDelay: Duration
    /// No pause is longer.
    public var delayMax: Duration

    /// The time all pauses take together, at most.
    public var pauses: Duration {
        var sum = Duration.zero
        var pause = firstDelay
        for _ in 1..<max(1, attemptsMax) {
            sum += min(pause, delayMax)
            if pause < delayMax { pause = pause * 2 }
        }
        return sum
    }
}

/// How a consumer handles messages, and those that failed.
public struct DeliveryBounds: Sendable, Hashable {
    /// How often and when it tries again.
    public var redelivery: RedeliveryBounds
    /// Messages handled in one transaction at the most.
    public var batchMax: Int
}

/// How what is asked of the outside is done; becomes an `ActivityPolicy`.
public struct ActivityBounds: Sendable, Hashable {
    /// How long one try may take.
    public var timeout: Duration
    /// How many may be under way at a time.
    public var concurrencyMax: Int
    /// How often and when it is tried again.
    public var redelivery: RedeliveryBounds
}

/// What a database takes on; becomes `Database.Options`.
public struct StoreBounds: Sendable, Hashable {
    /// Writes that may wait at a time.
    public var queuedWritesMax: Int
    /// Writes that share one commit at the most.
    public var groupWritesMax: Int
}

/// What the plan of a fleet's calls may come to.
public struct PlanBounds: Sendable, Hashable {
    /// So many calls one service may receive for one request that comes in.
    public var attemptsMax: Int
    /// So many times the load a failing service may receive through retries, by the budgets of the chain multiplied.
    public var loadMax: Double

    /// 8 calls, and half as much load again, unless told otherwise.
    public init(attemptsMax: Int = 8, loadMax: Double = 1.5) {
        self.attemptsMax = attemptsMax
        self.loadMax = loadMax
    }
}
