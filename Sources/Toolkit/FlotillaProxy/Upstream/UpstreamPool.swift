#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaResilience

    /// One loop's connections to an ``Upstream``. Whom they go to is chosen by the balancer that all loops share.
    final class UpstreamPool {
        /// Those who ask hold it; when nobody does any more, nobody asks. As long as it is remembered here, no other
        /// one can be mistaken for it.
        private unowned let upstream: Upstream
        private weak var owned: Upstream?
        private let limits: UpstreamLimits
        private unowned let loop: EventLoop
        private let balancer: LoadBalancer
        private var instances: [PooledInstance] = []
        /// The same, for those of many instances.
        private var places: [ObjectIdentifier: PooledInstance] = [:]
        private var version = 0
        private var looksAt = Duration.zero

        init(_ upstream: Upstream, _ loop: EventLoop) {
            self.upstream = upstream
            owned = upstream
            limits = upstream.limits
            self.loop = loop
            balancer = upstream.balancer
        }

        /// Whether nobody will ask for a connection any more.
        var isOrphan: Bool { owned == nil }

        /// Closes the connections that wait for a request; those that serve one are closed after it.
        func close() {
            for instance in instances { instance.leave() }
            instances = []
            places = [:]
        }

        /// Whose turn it is; that has to be told to ``finish(_:_:took:)``. Nil: there is nobody.
        ///
        /// - Parameter tried: whom another one is better than.
        func choose(key: UInt64?, avoiding tried: [Endpoint]) -> PooledInstance? {
            if loop.now >= looksAt || version != upstream.version { look() }
            do {
                let endpoint = try balancer.pick(key: key, avoiding: tried)
                if let instance = instance(endpoint) { return instance }
                // It has been replaced a moment ago.
                balancer.finish(endpoint, .notAsked, took: .zero, now: loop.now)
                let other = try balancer.pick(key: key, avoiding: tried)
                if let instance = instance(other) { return instance }
                balancer.finish(other, .notAsked, took: .zero, now: loop.now)
            } catch {
                // All who are there are ejected, and the policy has no panic.
            }
            return nil
        }

        /// What came of it, once for each choice.
        func finish(_ instance: PooledInstance, _ outcome: CallOutcome, took: Duration) {
            balancer.finish(instance.endpoint, outcome, took: took, now: loop.now)
        }

        /// What an attempt that was cut off says about an instance.
        func outcome(ofCutOff took: Duration, isLate: Bool) -> CallOutcome {
            balancer.outcome(ofCutOff: took, isLate: isLate)
        }

        /// A new connection; nil when the system has no room, or refused at once.
        func connect(_ instance: PooledInstance) -> UpstreamConnection? {
            UpstreamConnection(loop, limits, instance)
        }

        private func instance(_ endpoint: Endpoint) -> PooledInstance? {
            if instances.count <= 8 {
                for instance in instances where instance.endpoint === endpoint { return instance }
            } else if let known = places[ObjectIdentifier(endpoint)] {
                return known
            }
            guard let address = upstream.address(of: endpoint) else { return nil }
            let new = PooledInstance(endpoint, address, idleMax: limits.idleMax, loop)
            instances.append(new)
            places[ObjectIdentifier(endpoint)] = new
            return new
        }

        /// About once a second, as long as there is something to do, and when there are other instances.
        private func look() {
            looksAt = loop.now + .seconds(1)
            upstream.maintain(now: loop.now)
            guard version != upstream.version else { return }
            version = upstream.version
            for instance in instances where upstream.address(of: instance.endpoint) == nil {
                places[ObjectIdentifier(instance.endpoint)] = nil
                instance.leave()
            }
            instances.removeAll { $0.isGone }
        }
    }

    /// One loop's connections to one instance that wait for a request.
    final class PooledInstance {
        let endpoint: Endpoint
        let address: SocketAddress
        private unowned let loop: EventLoop
        private let idleMax: Int
        private var idle: [UpstreamConnection] = []
        private(set) var isGone = false

        init(_ endpoint: Endpoint, _ address: SocketAddress, idleMax: Int, _ loop: EventLoop) {
            self.endpoint = endpoint
            self.address = address
            self.idleMax = idleMax
            self.loop = loop
        }

        /// The one that was used last; nil: there is none.
        func takeIdle() -> UpstreamConnection? {
            while let connection = idle.popLast() {
                if connection.stage == .ready { return connection }
            }
            return nil
        }

        /// Keeps a connection for the next request, or closes it.
        func putBack(_ connection: UpstreamConnection) {
            guard !loop.isDraining, !isGone, idle.count < idleMax else { return connection.close() }
            idle.append(connection)
        }

        /// An unused connection has closed.
        func forget(_ connection: UpstreamConnection) { idle.removeAll { $0 === connection } }

        /// It is none of the upstream's instances any more.
        func leave() {
            isGone = true
            let left = idle
            idle = []
            for connection in left { connection.close() }
        }
    }
#endif
