public import FlotillaConfiguration
internal import FlotillaProxy
internal import FlotillaTranscoding

extension ProxyPlan {
    /// Reads a plan like this one, which is enough to forward everything:
    /// ```yaml
    /// listen: 127.0.0.1:8088
    /// threads: 1            # optional; one per core by default
    /// upstreams:
    ///   backend: { instances: ["127.0.0.1:9000"] }
    /// routes:
    ///   - match: { path: "/**" }
    ///     to: backend
    /// ```
    ///
    /// - Throws: all that is wrong, each with its line and column.
    public static func read(_ file: ConfigurationFile) throws(ConfigurationError) -> ProxyPlan {
        let (plan, problems) = YAMLReader.read(file) { fields in ProxyPlan(from: &fields) }
        guard problems.isEmpty, let plan else { throw ConfigurationError(problems) }
        return plan
    }

    /// A longer file does not describe services.
    private static let protoBytesMax = 16 << 20

    /// The JSON Schema (draft 2020-12) of such files, for editors.
    public static var jsonSchema: String {
        YAMLReader.shape { fields in ProxyPlan(from: &fields) }.jsonSchema(
            title: "The plan of a gateway", about: "Where it listens, what is behind it, and what its routes ask.")
    }

    /// What it comes to, in a few words.
    public var summary: String {
        let instances = upstreams.reduce(0) { $0 + $1.instances.count }
        return "\(routes.count) routes, \(upstreams.count) upstreams with \(instances) instances"
    }

    private init(from fields: inout YAMLFields) {
        let listen = fields.optionalText("listen", "Where connections are taken: address:port.")
        (host, port) = ("127.0.0.1", 0)
        if let listen, let address = AddressText(listen) {
            (host, port) = (address.host, address.port)
        } else if !fields.isDescribing {
            fields.problem(
                at: "listen", value: listen, listen == nil ? "is not set" : "is no address",
                allowed: "address:port, as 127.0.0.1:8088")
        }
        if let text = fields.optionalText("operations", "Where metrics and state are to be seen: address:port.") {
            operations = AddressText(text).map { ($0.host, $0.port) }
            if operations == nil {
                fields.problem(
                    at: "operations", value: text, "is no address", allowed: "address:port, as 127.0.0.1:8090")
            }
        }
        threads = fields.optionalInt("threads", in: 1...256, "Threads that serve; one for each core by default.")
        bodyBytesMax = fields.int(
            "bodyBytesMax", in: 0...(1 << 40), default: 1 << 30, "A longer body is refused (413).")
        tls = fields.optionalGroup("tls", "TLS, and HTTP/2 over it, is spoken with clients.") { TLSPlan(from: &$0) }
        shared = EdgePlan(from: &fields)
        let upstreams = fields.named("upstreams", "Groups of servers that are alike.") { fields in
            let origin = fields.origin
            let transcoding = fields.optionalGroup("grpc", "They speak gRPC; how requests become its calls.") {
                fields in
                TranscodingPlan.read(from: &fields) { name in
                    // That it cannot be read is told with its name by whoever needs it.
                    try? LocalFile.read(LocalFile.path(name, beside: origin), bytesMax: Self.protoBytesMax)
                }
            }
            var upstream = UpstreamPlan(from: &fields)
            if transcoding != nil { upstream.wire = .grpc }
            return (plan: upstream, transcoding: transcoding ?? nil)
        }
        self.upstreams = upstreams.map { named in
            var plan = named.value.plan
            plan.name = named.name
            return plan
        }
        transcoding = Dictionary(
            upstreams.compactMap { named in named.value.transcoding.map { (named.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        let names = self.upstreams.map(\.name)
        let shared = shared
        let routes = fields.groups("routes", count: 1...10_000, "Which requests go where; the first that fits.") {
            RoutePlan(from: &$0, shared, upstreams: names)
        }
        self.routes = routes.compactMap(\.value)
    }
}
