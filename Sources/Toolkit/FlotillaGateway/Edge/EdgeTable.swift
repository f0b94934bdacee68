#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import FlotillaProxy
    internal import FlotillaResilience

    /// A plan made ready to decide by: the routes in a trie, their upstreams and their counters. It never changes; a
    /// new table replaces it.
    final class EdgeTable: Sendable {
        let routes: [EdgeRoute]
        let upstreams: [String: EdgeUpstream]
        let recorder: RequestRecorder
        let judge: EdgeJudge
        let cache: AnswerCache
        let room: CompressionRoom
        private let trie: PathTrie

        /// - Parameters:
        ///   - known: the table before. Its upstreams that can be changed to what the plan says are changed and serve
        ///     on, its counts and kept answers stay.
        /// - Throws: ``ServiceError`` `upstream-address` for an instance that has no address.
        init(
            _ plan: ProxyPlan, telemetry: Telemetry, revalidations: Revalidations, known: EdgeTable? = nil
        ) throws(ServiceError) {
            let world = telemetry.world
            var upstreams: [String: EdgeUpstream] = [:]
            // All or nothing: those that are changed below serve already.
            for group in plan.upstreams where group.instances != known?.upstreams[group.name]?.plan.instances {
                _ = try group.upstream(world)
            }
            var calls: [String: EdgeGRPC] = [:]
            for group in plan.upstreams {
                guard let transcoding = plan.transcoding[group.name] else { continue }
                calls[group.name] = try EdgeGRPC(transcoding, group, known: known?.upstreams[group.name], world)
            }
            for group in plan.upstreams {
                upstreams[group.name] = try Self.upstream(
                    group, calls[group.name], known?.upstreams[group.name], world)
            }
            let cache: AnswerCache
            if let old = known?.cache, old.plan == plan.shared.cache {
                cache = old
            } else {
                cache = AnswerCache(plan.shared.cache)
            }
            let room = known?.room ?? CompressionRoom()
            self.room = room
            var routes: [EdgeRoute] = []
            for (index, route) in plan.routes.enumerated() {
                let routeCache = route.policies.cache.map {
                    RouteCache(cache, $0, scope: route.name, revalidations: revalidations, world: world)
                }
                routes.append(
                    EdgeRoute(
                        route, index: index, upstreams, cache: routeCache, shared: plan.shared, room: room))
            }
            self.cache = cache
            self.upstreams = upstreams
            self.routes = routes
            judge = EdgeJudge(plan.shared, world: world, continuing: known?.judge)
            trie = PathTrie(routes.map(\.plan.match.path))
            recorder = RequestRecorder(
                telemetry: telemetry,
                routes: routes.map { route in
                    .init(method: route.plan.match.methods.joined(separator: ","), path: route.plan.name)
                })
        }

        private static func upstream(
            _ plan: UpstreamPlan, _ grpc: EdgeGRPC?, _ known: EdgeUpstream?, _ world: World
        ) throws(ServiceError) -> EdgeUpstream {
            guard let known, try plan.change(known.upstream, from: known.plan) else {
                return EdgeUpstream(plan, try plan.upstream(world), plan.callGuard(world), grpc)
            }
            guard let policy = plan.policy, let callGuard = known.callGuard else {
                return EdgeUpstream(plan, known.upstream, plan.callGuard(world), grpc)
            }
            callGuard.adopt(policy)
            return EdgeUpstream(plan, known.upstream, callGuard, grpc)
        }

        /// The route of a request; nil: there is none.
        ///
        /// - Parameter path: in the one form that rules may compare (``WirePath``).
        func route(_ path: UnsafeRawBufferPointer, _ head: borrowing some EdgeHead & ~Copyable) -> EdgeRoute? {
            if let index = trie.first(path, where: { routes[$0].fits(head) }) { return routes[index] }
            return trie.first(path) { routes[$0].isPreflight(head) }.map { routes[$0] }
        }

        /// The methods that there are routes for at that path; empty when there is nothing at all.
        func methods(_ path: UnsafeRawBufferPointer, _ head: borrowing some EdgeHead & ~Copyable) -> [String] {
            var methods: Set<String> = []
            _ = trie.first(path) { index in
                if routes[index].fitsBeside(head) { methods.formUnion(routes[index].plan.match.methods) }
                return false
            }
            if methods.contains("GET") { methods.insert("HEAD") }
            return methods.sorted()
        }
    }
#endif
