internal import FlotillaMessaging
internal import FlotillaStorage

extension PolicyFile {
    /// How the consumer of a service tries again, as its host takes it.
    func redelivery(of service: String) -> RedeliveryPolicy {
        RedeliveryPolicy(delivery(for: service).entry.bounds.redelivery)
    }

    /// How an activity of a service is done; nil when no entry speaks of it, and its own policy holds.
    func activityPolicy(of service: String, _ name: String) -> ActivityPolicy? {
        let (entry, attachment) = activity(for: "\(service).\(name)")
        guard attachment != nil else { return nil }
        return ActivityPolicy(
            timeout: entry.bounds.timeout, concurrencyMax: entry.bounds.concurrencyMax,
            redelivery: RedeliveryPolicy(entry.bounds.redelivery))
    }

    /// Puts what the file says of a service's database into its options.
    func bound(_ options: inout Database.Options, of service: String) {
        let (entry, attachment) = store(for: service)
        guard attachment != nil else { return }
        options.queuedWritesMax = entry.bounds.queuedWritesMax
        options.groupWritesMax = entry.bounds.groupWritesMax
    }
}

extension ServiceNeeds {
    /// The same, with what a policy file says of the service.
    func going(by file: PolicyFile?, of service: String) -> ServiceNeeds {
        guard let file else { return self }
        var copy = self
        copy.activityPolicies = { file.activityPolicy(of: service, $0) }
        return copy
    }
}

extension RedeliveryPolicy {
    fileprivate init(_ bounds: RedeliveryBounds) {
        self.init(
            attemptsMax: bounds.attemptsMax, firstDelay: bounds.firstDelay, delayMax: bounds.delayMax)
    }
}
