public import FlotillaConfiguration
internal import FlotillaProxy

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

    /// The schema of such files, for editors.
    static var shape: YAMLShape { YAMLReader.shape { fields in ProxyPlan(from: &fields) } }

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
        threads = fields.optionalInt("threads", in: 1...256, "Threads that serve; one for each core by default.")
        bodyBytesMax = fields.int(
            "bodyBytesMax", in: 0...(1 << 40), default: 1 << 30, "A longer body is refused (413).")
        let upstreams = fields.named("upstreams", "Groups of servers that are alike.") { fields in
            UpstreamPlan(
                name: "",
                instances: fields.texts("instances", count: 1...1_000, "Their addresses, each address:port."),
                connectTimeout: fields.duration(
                    "connectTimeout", in: .milliseconds(1)...(.seconds(60)), default: .seconds(1),
                    "How long a connection may take to be made."),
                answerTimeout: fields.duration(
                    "answerTimeout", in: .milliseconds(1)...(.seconds(3_600)), default: .seconds(30),
                    "How long an upstream may be silent."))
        }
        self.upstreams = upstreams.map { named in
            var plan = named.value
            plan.name = named.name
            return plan
        }
        let names = self.upstreams.map(\.name)
        let routes = fields.groups("routes", count: 1...10_000, "Which requests go where; the first that fits.") {
            Self.route(&$0, names)
        }
        self.routes = routes.compactMap(\.value)
    }

    private static func route(_ fields: inout YAMLFields, _ names: [String]) -> Route? {
        let match = fields.group("match", "What a request must have.") { fields in
            let text = fields.optionalText("path", "A path; * is a segment, ** at the end is any rest.") ?? "/**"
            let pattern = PathPattern(text)
            if pattern == nil {
                fields.problem(
                    at: "path", value: text, "is no path", allowed: "/ and segments; * alone, and ** at the end")
            }
            return (
                pattern: pattern,
                methods: fields.texts("methods", count: 0...50, "Methods; all when the list is not there.")
            )
        }
        let upstream = fields.optionalText("to", "The upstream, by its name.")
        if !fields.isDescribing, upstream.map({ !names.contains($0) }) ?? true {
            let hint = upstream.map { ConfigurationProblem.suggestion(for: $0, among: names) } ?? ""
            fields.problem(
                at: "to", value: upstream, (upstream == nil ? "is not set" : "is no upstream") + hint,
                allowed: names.isEmpty ? "a name of upstreams" : names.joined(separator: ", "))
        }
        guard let pattern = match.pattern, let upstream else { return nil }
        return Route(path: pattern, methods: match.methods, upstream: upstream)
    }
}
