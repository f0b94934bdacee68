#if os(Linux)
    package import FlotillaCore
    package import FlotillaHTTP
    internal import FlotillaProxy
    package import FlotillaResilience
    internal import HTTPTypes

    /// What can be seen of a running gateway, for an operations API.
    extension ProxyServer {
        /// The guards of its upstreams that have one, by name.
        package var guards: [GuardSnapshot] {
            table.upstreams.sorted { $0.key < $1.key }.compactMap { $0.value.callGuard?.snapshot() }
        }

        /// The balancers of its upstreams, by name.
        package var balancers: [BalancerSnapshot] {
            table.upstreams.sorted { $0.key < $1.key }.map { $0.value.upstream.snapshot() }
        }

        /// What the cache has done, by the names of its counts.
        package var cacheCounts: [(name: String, count: Int)] {
            let counts = table.cache.counts
            return [
                ("hits", counts.hits), ("stale", counts.stale), ("misses", counts.misses),
                ("coalesced", counts.coalesced), ("revalidated", counts.revalidated), ("stored", counts.stored),
                ("evicted", counts.evicted), ("invalidated", counts.invalidated), ("bytes", counts.bytes),
                ("answers", counts.answers), ("waiting", counts.waiting),
            ]
        }

        /// Callers whose limits are counted now.
        package var countedCallers: Int { table.judge.counters.count }

        /// Requests refused since the start.
        package var refusalsTotal: Int { table.judge.refusals.total }

        /// The routes in the order in which they are asked.
        package func writeRoutes(to json: inout JSONWriter) {
            json.array("routes", table.routes) { json, route in
                let plan = route.plan
                json.field("name", plan.name)
                json.field("path", plan.match.path.text)
                json.array("methods") { json in for method in plan.match.methods { json.value(method) } }
                json.array("to", plan.destinations?.members ?? []) { json, member in
                    json.field("upstream", member.upstream)
                    json.field("weight", member.weight)
                }
                json.array("policies") { json in for name in plan.policies.names { json.value(name) } }
            }
        }

        /// The last requests that were refused, the newest first, with the reasons.
        ///
        /// - Parameter traceID: of that request only; nil: of all.
        package func writeRefusals(traceID: String?, to json: inout JSONWriter) {
            json.field("total", refusalsTotal)
            json.array("items") { json in
                for entry in table.judge.refusals.entries(traceID: traceID) { json.value(entry) }
            }
        }

        /// What mirrored requests came to.
        package func writeMirrors(to json: inout JSONWriter) { json.value(mirrors) }

        /// What access would say of a request that nobody sent.
        ///
        /// - Parameters:
        ///   - target: path and query.
        ///   - caller: who would ask; nil: nobody who is known.
        /// - Returns: nil when there is no route for it.
        package func explain(
            method: String, target: String, host: String, caller: Principal?, to json: inout JSONWriter
        ) -> Bool {
            let request = Request(.init(method) ?? .get, target: target)
            let head = PlainHead(method: method, path: request.path, query: request.query, host: host)
            let path = Array(request.path.utf8)
            guard let route = path.withUnsafeBytes({ table.route($0, head) }) else { return false }
            let known = caller.flatMap { caller in
                Caller(user: Caller.User(caller, expiresAt: Timestamp(microseconds: .max)))
            }
            let explanation = route.plan.policies.access.explain(head, caller: known, now: now)
            json.field("route", route.plan.name)
            json.array("policies") { json in for name in route.plan.policies.names { json.value(name) } }
            json.field("access", explanation)
            return true
        }
    }

    extension RoutePolicies {
        /// Those that are there, in the order in which they are looked at.
        fileprivate var names: [String] {
            var asksForCaller = true
            if case .anyone = access.rule { asksForCaller = false }
            let all: [(String, Bool)] = [
                ("deprecated", deprecation != nil), ("addresses", !addresses.isOpen),
                ("maintenance", maintenance != nil), ("cors", cors != nil), ("limits", !limits.isEmpty),
                ("access", asksForCaller), ("respond", respond != nil), ("redirect", redirect != nil),
                ("cache", cache != nil), ("compress", compression != nil), ("compose", composition != nil),
                ("mirror", mirror != nil),
                ("request", heads.changesTarget || !heads.request.isEmpty || !bodies.request.isEmpty),
                ("answer", !heads.answer.isEmpty || !bodies.answer.isEmpty),
            ]
            return all.filter(\.1).map(\.0)
        }
    }
#endif
