#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import FlotillaProxy

    /// A plan made ready to decide by: the routes in a trie, their upstreams and their counters. It never changes; a
    /// new table replaces it.
    final class EdgeTable: Sendable {
        let routes: [EdgeRoute]
        let upstreams: [String: Upstream]
        let recorder: RequestRecorder
        private let trie: PathTrie

        /// - Parameter known: upstreams of the table before, by name; those that are as they were serve on.
        /// - Throws: ``ServiceError`` `upstream-address` for an instance that has no address.
        init(_ plan: ProxyPlan, telemetry: Telemetry, known: EdgeTable? = nil) throws(ServiceError) {
            var upstreams: [String: Upstream] = [:]
            for group in plan.upstreams {
                var limits = UpstreamLimits()
                limits.connectTimeout = group.connectTimeout
                limits.answerTimeout = group.answerTimeout
                upstreams[group.name] = try Upstream(group.name, instances: group.instances, limits: limits)
            }
            self.upstreams = upstreams
            var routes: [EdgeRoute] = []
            for (index, route) in plan.routes.enumerated() {
                guard let upstream = upstreams[route.upstream] else { continue }
                routes.append(EdgeRoute(route, index: index, upstream))
            }
            self.routes = routes
            trie = PathTrie(routes.map(\.plan.match.path))
            recorder = RequestRecorder(
                telemetry: telemetry,
                routes: routes.map { route in
                    .init(method: route.plan.match.methods.joined(separator: ","), path: route.plan.name)
                })
        }

        /// The route of a request; nil: there is none.
        ///
        /// - Parameter path: in the one form that rules may compare (``WirePath``).
        func route(_ path: UnsafeRawBufferPointer, _ head: borrowing some EdgeHead & ~Copyable) -> EdgeRoute? {
            guard let index = trie.first(path, where: { routes[$0].fits(head) }) else { return nil }
            return routes[index]
        }

        /// The methods that there are routes for at that path; empty when there is nothing at all.
        func methods(_ path: UnsafeRawBufferPointer, _ head: borrowing some EdgeHead & ~Copyable) -> [String] {
            var methods: Set<String> = []
            _ = trie.first(path) { index in
                if routes[index].plan.match.fits(head) { methods.formUnion(routes[index].plan.match.methods) }
                return false
            }
            if methods.contains("GET") { methods.insert("HEAD") }
            return methods.sorted()
        }
    }

    /// A route, ready to decide by.
    final class EdgeRoute: Sendable {
        let plan: RoutePlan
        /// Its place in the table.
        let index: Int
        let upstream: Upstream
        let rules: ForwardRules
        /// Empty: any.
        private let methods: [[UInt8]]
        private let isPlain: Bool

        init(_ plan: RoutePlan, index: Int, _ upstream: Upstream) {
            self.plan = plan
            self.index = index
            self.upstream = upstream
            rules = .none
            let names = plan.match.methods
            methods = (names.contains("GET") && !names.contains("HEAD") ? names + ["HEAD"] : names)
                .map { Array($0.utf8) }
            isPlain = plan.match.isPlain
        }

        /// Whether the request has what is asked, its path aside.
        func fits(_ head: borrowing some EdgeHead & ~Copyable) -> Bool {
            if !methods.isEmpty {
                var isListed = false
                for method in methods where head.isMethod(method) { isListed = true }
                guard isListed else { return false }
            }
            return isPlain || plan.match.fits(head)
        }
    }
#endif
