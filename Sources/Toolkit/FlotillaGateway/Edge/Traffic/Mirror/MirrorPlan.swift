internal import FlotillaConfiguration

/// Which requests go to another upstream as well, whose answers nobody gets but who compares them.
struct MirrorPlan: Sendable, Hashable {
    /// How much of two answers is compared; each holds what stands before it.
    enum Depth: String, Sendable, CaseIterable {
        case status
        case headers
        case body
    }

    /// Fields that differ between any two answers.
    static let fieldsIgnored = [
        "age", "connection", "content-length", "date", "keep-alive", "server", "traceparent", "tracestate",
        "transfer-encoding", "via", "x-correlation-id", "x-request-id", "x-span-id", "x-trace-id",
    ]

    /// The upstream, by its name.
    var upstream: String
    /// Above 0, to 1.
    var share: Double
    var depth: Depth
    /// Names in lower case, sorted.
    var ignoredFields: [String]
    var ignoredPaths: [JSONPath]
    /// Requests with longer bodies are not sent, longer answers not compared beyond their status and fields.
    var bodyBytesMax: Int
    /// Upper case; empty: any.
    var methods: [String]
    /// Whether differences are shown with their values; else just where they are, for answers hold what is personal.
    var showsValues: Bool

    init(
        to upstream: String, share: Double = 1, compare depth: Depth = .status, ignoring fields: [String] = [],
        paths: [JSONPath] = [], bodyBytesMax: Int = 65_536, methods: [String] = [], showsValues: Bool = false
    ) {
        self.upstream = upstream
        self.share = share
        self.depth = depth
        ignoredFields = Set(Self.fieldsIgnored + fields.map { $0.lowercased() }).sorted()
        ignoredPaths = paths
        self.bodyBytesMax = bodyBytesMax
        self.methods = methods
        self.showsValues = showsValues
    }

    /// Whether a request is sent there as well.
    ///
    /// - Parameters:
    ///   - bits: 64 random ones.
    ///   - length: of its body in bytes; nil: nobody knows yet, and it must not be sent when it turns out to be longer
    ///     than ``bodyBytesMax``.
    func wants(bits: UInt64, method: String, length: Int?) -> Bool {
        guard (length ?? 0) <= bodyBytesMax, methods.isEmpty || methods.contains(method) else { return false }
        return Double(bits >> 11) * 0x1p-53 < share
    }
}

extension MirrorPlan {
    /// Reads the group `mirror` of a route; nil when it is not there or wrong.
    /// ```yaml
    /// mirror: { to: shadow, share: 5%, compare: body, ignore: [X-Served-By, "$.items.*.id"] }
    /// ```
    static func read(from fields: inout YAMLFields, upstreams: [String]) -> MirrorPlan? {
        fields.optionalGroup("mirror", "Which requests go to another upstream as well, to compare its answers.") {
            plan(from: &$0, upstreams: upstreams)
        } ?? nil
    }

    private static func plan(from fields: inout YAMLFields, upstreams: [String]) -> MirrorPlan? {
        let upstream = fields.optionalText("to", "The upstream, by its name.")
        let share = fields.share("share", in: 0.000001...1, default: 1, "Of all requests.")
        let depth = fields.choice(
            "compare", default: Depth.status, "How much of the answers is compared; body holds the others.")
        let ignore = fields.texts(
            "ignore", count: 0...100, "Names of fields, and paths in JSON bodies such as $.items.*.id.")
        let bytes = fields.int(
            "bodyBytesMax", in: 0...(1 << 20), default: 65_536, "Longer bodies are neither sent nor compared.")
        let methods = fields.texts("methods", count: 0...20, bytes: 1...50, "Methods; all when the list is not there.")
        let showsValues = fields.bool(
            "values", default: false, "Whether differences are shown with their values, which may be personal.")
        if fields.isDescribing { return nil }
        if upstream.map({ !upstreams.contains($0) }) ?? true {
            let hint = upstream.map { ConfigurationProblem.suggestion(for: $0, among: upstreams) } ?? ""
            fields.problem(
                at: "to", value: upstream, (upstream == nil ? "is not set" : "is no upstream") + hint,
                allowed: upstreams.isEmpty ? "a name of upstreams" : upstreams.joined(separator: ", "))
        }
        var names: [String] = []
        var paths: [JSONPath] = []
        for text in ignore {
            if text.hasPrefix("$."), let path = JSONPath(String(text.dropFirst(2))) {
                paths.append(path)
            } else if FieldName.isToken(text), !text.hasPrefix("$") {
                names.append(text)
            } else {
                fields.problem(
                    at: "ignore", value: text, "has an entry that is neither a field nor a path",
                    allowed: "X-Served-By, or $. with \(JSONPath.allowed)")
            }
        }
        return upstream.map {
            MirrorPlan(
                to: $0, share: share, compare: depth, ignoring: names, paths: paths, bodyBytesMax: bytes,
                methods: methods, showsValues: showsValues)
        }
    }
}
