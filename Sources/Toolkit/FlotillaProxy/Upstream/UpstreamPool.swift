#if os(Linux)
    internal import FlotillaCore

    /// One loop's connections to an ``Upstream``: those that wait for a request, and what is known of the instances.
    final class UpstreamPool {
        private struct Known {
            var idle: [UpstreamConnection] = []
            var failures = 0
            var ejectedUntil = Duration.zero
        }

        let upstream: Upstream
        private unowned let loop: EventLoop
        private var known: [Known]
        private var turn = 0

        init(_ upstream: Upstream, _ loop: EventLoop) {
            self.upstream = upstream
            self.loop = loop
            known = Array(repeating: Known(), count: upstream.instances.count)
        }

        /// The instance whose turn it is: round robin over those that are not ejected, or over all when all are.
        func choose() -> Int {
            let count = known.count
            if count == 1 { return 0 }
            for _ in 0..<count {
                turn = turn + 1 == count ? 0 : turn + 1
                if known[turn].ejectedUntil <= loop.now { return turn }
            }
            turn = turn + 1 == count ? 0 : turn + 1
            return turn
        }

        /// A connection that waits for a request, the one that was used last; nil: there is none.
        func takeIdle(_ instance: Int) -> UpstreamConnection? {
            while let connection = known[instance].idle.popLast() {
                if connection.stage == .ready { return connection }
            }
            return nil
        }

        /// A new connection; nil when the system has no room, or refused at once.
        func connect(_ instance: Int) -> UpstreamConnection? {
            UpstreamConnection(loop, self, instance)
        }

        /// Keeps a connection for the next request, or closes it.
        func putBack(_ connection: UpstreamConnection) {
            let instance = connection.instance
            guard !loop.isDraining, known[instance].idle.count < upstream.limits.idleMax else {
                return connection.close()
            }
            known[instance].idle.append(connection)
        }

        /// An unused connection has closed.
        func forget(_ connection: UpstreamConnection) {
            known[connection.instance].idle.removeAll { $0 === connection }
        }

        func noteSuccess(_ instance: Int) { known[instance].failures = 0 }

        func noteFailure(_ instance: Int) {
            known[instance].failures += 1
            if known[instance].failures >= upstream.limits.failuresMax {
                known[instance].failures = 0
                known[instance].ejectedUntil = loop.now + upstream.limits.ejectionTime
            }
        }
    }
#endif
