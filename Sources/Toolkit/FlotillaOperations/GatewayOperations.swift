#if os(Linux)
    internal import FlotillaCore
    public import FlotillaGateway
    public import FlotillaHTTP
    public import FlotillaObservability
    internal import FlotillaResilience
    internal import FlotillaRuntime
    internal import HTTPTypes

    /// The operations API of a gateway that stands alone: its routes, how its upstreams do, what it refused and why.
    ///
    /// It is meant for a port of its own on the loopback interface. Reading needs no identity there; writes refuse
    /// requests that a web page of another origin could have caused.
    public struct GatewayOperations: Responder {
        private let responder: ServiceResponder
        private let originGuard = OriginGuard()

        /// - Parameter telemetry: that of the gateway.
        public init(_ server: ProxyServer, _ live: LiveProxyPlan, telemetry: Telemetry) {
            var routes = Routes(prefix: "/ops/gateway")
            routes.addRaw(
                .get, "", access: .anyone, summary: "What it goes by, and how it does", produces: "application/json"
            ) { _ in Self.json { Self.write(server, live, to: &$0) } }
            routes.addRaw(
                .get, "/refusals", access: .anyone, summary: "The last refused requests with the reasons; ?traceId=",
                produces: "application/json"
            ) { call in
                let traceID = try Parameters(parsing: call.request.query)["traceId"]
                return Self.json { json in json.object { server.writeRefusals(traceID: traceID, to: &$0) } }
            }
            routes.addRaw(
                .get, "/explain", access: .anyone,
                summary: "What access says of a request: ?method=&target=&host=&user=&role=&tier=&region=&scopes=",
                produces: "application/json"
            ) { call in try Self.explain(server, try Parameters(parsing: call.request.query)) }
            routes.addRaw(
                .post, "/reload", access: .anyone, summary: "Reads the file now", produces: "application/json"
            ) { _ in
                let isAdopted = live.reload()
                return Self.json(status: isAdopted ? .ok : .conflict) { json in
                    json.object { Self.write(live, to: &$0) }
                }
            }
            var all = Routes()
            all.add(routes)
            all.addRaw(.get, "/ops/metrics", access: .anyone, summary: "All metrics", produces: "text/plain") { _ in
                let families = MetricFamily.merged([
                    telemetry.metrics.snapshot(), GuardMetrics.families(of: server.guards),
                    BalancerMetrics.families(of: server.balancers.map { ("gateway", $0) }), Self.cacheFamilies(server),
                ])
                return Response(
                    .ok, headers: [.contentType: PrometheusText.contentType],
                    body: .bytes(Array(PrometheusText.render(families).utf8)))
            }
            responder = ServiceResponder(
                service: "operations", routes: all, telemetry: telemetry.renamed("operations"), world: telemetry.world)
        }

        public func respond(to request: Request) async -> Response {
            if let refusal = originGuard.refusal(of: request) { return refusal }
            var request = request
            if request.path == "/metrics" { request.path = "/ops/metrics" }
            if request.path == "/ops/gateway/" { request.path = "/ops/gateway" }
            return await responder.respond(to: request)
        }

        // MARK: Answers

        private static func json(
            status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void
        ) -> Response {
            var json = JSONWriter()
            body(&json)
            return Response.json(json.bytes, status: status, headers: [.cacheControl: "no-store"])
        }

        private static func write(_ live: LiveProxyPlan, to json: inout JSONWriter) {
            let state = live.current
            json.field("file", live.path)
            json.field("adoptedAt", state.adoptedAt)
            json.field("adoptions", state.adoptions)
            json.array("refusal") { json in for line in state.refusal { json.value(line) } }
        }

        private static func write(_ server: ProxyServer, _ live: LiveProxyPlan, to json: inout JSONWriter) {
            json.object { json in
                json.object("plan") { write(live, to: &$0) }
                server.writeRoutes(to: &json)
                let guards = server.guards
                json.array("upstreams", server.balancers) { json, balancer in
                    json.field("name", balancer.service)
                    json.field("balancer", PolicyLive.balancer(balancer))
                    let own = guards.first { $0.target.hasSuffix(" \(balancer.service)") }
                    json.field("guard", own.map { PolicyLive.call($0) })
                }
                json.object("cache") { json in for (name, count) in server.cacheCounts { json.field(name, count) } }
                json.field("countedCallers", server.countedCallers)
                json.field("refusals", server.refusalsTotal)
                json.array("mirrors") { server.writeMirrors(to: &$0) }
            }
        }

        private static func explain(_ server: ProxyServer, _ query: Parameters) throws -> Response {
            let caller = query["user"].map { id in
                Principal(
                    id: id, role: .init(rawValue: query["role"] ?? "customer"),
                    tier: query["tier"] ?? "free", region: query["region"] ?? "",
                    scopes: query["scopes"]?.split(separator: " ").map { String($0) } ?? [])
            }
            var isFound = false
            let response = json { json in
                json.object { json in
                    isFound = server.explain(
                        method: query["method"] ?? "GET", target: query["target"] ?? "/",
                        host: query["host"] ?? "", caller: caller, to: &json)
                }
            }
            guard isFound else { throw ServiceError.notFound("route") }
            return response
        }

        private static func cacheFamilies(_ server: ProxyServer) -> [MetricFamily] {
            server.cacheCounts.map { name, count in
                let isGauge = ["bytes", "answers", "waiting"].contains(name)
                return MetricFamily(
                    name: "gateway_cache_\(name)" + (isGauge ? "" : "_total"), help: "Of the cache of answers.",
                    kind: isGauge ? .gauge : .counter, series: [.init(labels: [], value: .number(Double(count)))])
            }
        }
    }
#endif
