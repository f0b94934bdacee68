#if os(Linux)
    public import FlotillaCore
    public import FlotillaResilience
    internal import Synchronization

    /// Servers that are alike, among which requests are spread. Safe to share between threads; each loop has
    /// connections of its own to it, and all loops have one balancer.
    public final class Upstream: Sendable {
        /// How it is called in answers and metrics.
        public let name: String
        /// Who is asked next, and who is not asked for a while; for whoever looks at it or changes its policies.
        /// The ID of an instance is its address as it was given.
        public let balancer: LoadBalancer
        let limits: UpstreamLimits
        private let world: World

        private struct Known: Sendable {
            var address: SocketAddress
            /// The same as text, to be compared.
            var place: String
            var since: Timestamp
        }

        private let known = Mutex<[InstanceID: Known]>([:])
        /// Changes with every list of instances.
        private let lists = Atomic(0)
        /// Milliseconds on the clock that never jumps: when it was last looked after.
        private let lookedAt = Atomic<Int64>(.min)

        /// - Parameters:
        ///   - instances: 1 to 1,000, each `host:port` (`[::1]:80`), and with ` weight=200` if it is to have another
        ///     weight than 100. Names are looked up here, which may wait. One that is given twice counts once.
        ///   - balancer: must be without ``BalancerPolicy/problems()``. Those who are here from the beginning do not
        ///     start slowly.
        ///   - outliers: must be without ``OutlierPolicy/problems()``; nil: nobody is ejected. An answer of 500 and
        ///     above is a failure, and so is none.
        ///   - world: its clock is that of the loops.
        /// - Throws: ``ServiceError`` `upstream-address` for one that is no address.
        public init(
            _ name: String, instances: [String], limits: UpstreamLimits = UpstreamLimits(),
            balancer: BalancerPolicy = BalancerPolicy(), outliers: OutlierPolicy? = OutlierPolicy(),
            world: World = .system()
        ) throws(ServiceError) {
            self.name = name
            self.limits = limits
            self.world = world
            self.balancer = LoadBalancer(of: name, in: nil, policy: balancer, outliers: outliers, world: world)
            try take(instances, since: Timestamp(microseconds: 0))
        }

        /// Uses these instances from now on. Those that were there before go on as they are, with what is known of
        /// them; requests under way at others end there. Newcomers start slowly if the policy says so.
        ///
        /// - Parameter instances: as for ``init(_:instances:limits:balancer:outliers:world:)``; names are looked up
        ///   here, which may wait: not to be called on a loop's thread.
        /// - Throws: ``ServiceError`` `upstream-address` for one that is no address; nothing has changed then.
        public func replace(instances: [String]) throws(ServiceError) { try take(instances, since: world.now) }

        /// What its balancer looks like now, with what was due done.
        public func snapshot() -> BalancerSnapshot {
            balancer.maintain()
            return balancer.snapshot()
        }

        private func take(_ texts: [String], since: Timestamp) throws(ServiceError) {
            precondition((1...1_000).contains(texts.count), "\(name) has \(texts.count) instances")
            var found: [(instance: UpstreamInstance, address: SocketAddress)] = []
            for text in texts {
                guard let instance = UpstreamInstance(text),
                    let address = SocketAddress(host: instance.host, port: instance.port)
                else {
                    throw ServiceError(
                        .invalid, "upstream-address",
                        "'\(text)' of the upstream '\(name)' is no address; write it as 127.0.0.1:9000.")
                }
                found.append((instance, address))
            }
            known.withLock { known in
                var new: [InstanceID: Known] = [:]
                var records: [InstanceRecord] = []
                for (instance, address) in found {
                    let id = InstanceID(unchecked: instance.text)
                    guard new[id] == nil else { continue }
                    let place = "\(address.host) \(address.port)"
                    // A name that stands for another address by now is another instance.
                    let same = known[id].flatMap { $0.place == place ? $0.since : nil }
                    new[id] = Known(address: address, place: place, since: same ?? since)
                    records.append(
                        InstanceRecord(
                            instance: Instance(
                                id: id, service: name, address: instance.text, weight: instance.weight),
                            registeredAt: same ?? since))
                }
                known = new
                balancer.take(InstanceList(service: name, records: records))
                lists.add(1, ordering: .relaxed)
            }
        }

        // MARK: For the loops

        /// How often the instances have been replaced.
        var version: Int { lists.load(ordering: .relaxed) }

        /// How many instances there are.
        var count: Int { known.withLock { $0.count } }

        /// Where an endpoint is; nil when it is none of its instances any more.
        func address(of endpoint: Endpoint) -> SocketAddress? {
            known.withLock { known in
                guard let own = known[endpoint.instance.id], own.since == endpoint.registeredAt else { return nil }
                return own.address
            }
        }

        /// Does what is due about once a second, on the loop that comes first.
        func maintain(now: Duration) {
            let milliseconds = Int64(now.milliseconds)
            let last = lookedAt.load(ordering: .relaxed)
            guard last == .min || milliseconds - last >= 1_000 else { return }
            let isMine = lookedAt.compareExchange(expected: last, desired: milliseconds, ordering: .relaxed).exchanged
            if isMine { balancer.maintain() }
        }
    }

    /// An instance as it is written: `127.0.0.1:9000`, `[::1]:80 weight=200`.
    package struct UpstreamInstance: Sendable {
        /// The address as it was given, without the weight.
        package let text: String
        package let host: String
        /// 1 to 65,535.
        package let port: Int
        /// 1 to 1,000.
        package let weight: Int

        /// - Returns: nil when `text` is something else. Whether there is such a host is not asked.
        package init?(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard let first = parts.first, let address = AddressText(String(first)), address.port > 0 else {
                return nil
            }
            var weight = Instance.ordinaryWeight
            if parts.count == 2 {
                let mark = "weight="
                guard parts[1].hasPrefix(mark), let number = Int(parts[1].dropFirst(mark.count)),
                    (1...1_000).contains(number)
                else { return nil }
                weight = number
            }
            (self.text, host, port, self.weight) = (String(first), address.host, address.port, weight)
        }
    }

    /// What is put up with from an ``Upstream``.
    public struct UpstreamLimits: Sendable, Hashable {
        /// How long a connection may take to be made.
        public var connectTimeout: Duration = .seconds(1)
        /// How long an upstream may be silent while an answer, or the rest of one, is waited for. An unused connection
        /// is kept as long.
        public var answerTimeout: Duration = .seconds(30)
        /// How long an upstream may be silent after an upgrade (WebSocket).
        public var tunnelTimeout: Duration = .seconds(3_600)
        /// Unused connections that are kept, for each loop and instance.
        public var idleMax = 1_024
        /// Of an answer's head.
        public var headBytesMax = 64 << 10

        public init() {}
    }

    /// Why there is no answer from an upstream.
    public struct UpstreamFailure: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// No instance takes connections.
            case unreachable = "upstream-unreachable"
            /// No connection, or no answer, came in time.
            case timeout = "upstream-timeout"
            /// The connection ended before the answer.
            case brokenOff = "upstream-broke-off"
            /// What came is no HTTP.
            case unreadable = "upstream-unreadable"

            /// The status a client is to be answered with.
            public var status: Int { self == .timeout ? 504 : 502 }
        }

        public var kind: Kind
        /// Of the ``Upstream``.
        public var upstream: String
    }
#endif
