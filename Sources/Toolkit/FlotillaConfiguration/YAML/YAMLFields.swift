/// The keys of one group of a YAML file, asked for one by one; the same questions describe them.
///
///     let retry = fields.group("retry", "How failed calls are made again.") { fields in
///         RetryPolicy(attemptsMax: fields.int("attempts", in: 1...10, default: 3, "The first one included."))
///     }
///
/// A question has an answer in any case: what the file says when it is allowed, else the default; what is wrong is
/// collected. Each answer is noted with its place (``settings``), so that people can be told where it comes from.
/// A value for one thread, made by ``YAMLReader``.
public struct YAMLFields {
    /// A value that holds, and where it was given.
    public struct Setting: Sendable, Hashable {
        /// The key within the group that was asked: `backoff.first`.
        public var key: String
        /// The value as it would be written.
        public var text: String
        /// A place in the file, or the default.
        public var origin: ConfigurationOrigin

        public init(key: String, text: String, origin: ConfigurationOrigin) {
            self.key = key
            self.text = text
            self.origin = origin
        }
    }

    /// What a name may look like, as a regular expression.
    public static let namePattern = "^[a-z][A-Za-z0-9-]{0,63}$"

    /// The path of the group: `retries.usual`; empty at the top.
    public let path: String
    /// Where it begins.
    public let origin: ConfigurationOrigin
    /// What is wrong so far.
    public private(set) var problems: [ConfigurationProblem] = []
    /// The values asked for so far, in the order of the questions.
    public private(set) var settings: [Setting] = []
    private var declared: [YAMLShape.Field] = []
    /// Nil while describing.
    private let entries: [YAMLNode.Entry]?

    init(_ entries: [YAMLNode.Entry]?, path: String, origin: ConfigurationOrigin) {
        self.entries = entries
        self.path = path
        self.origin = origin
    }

    static func describing() -> YAMLFields { YAMLFields(nil, path: "", origin: .defaultValue) }

    /// What has been asked for.
    var shape: YAMLShape { .group(declared) }

    /// Whether there is no file, and answers are defaults.
    public var isDescribing: Bool { entries == nil }

    /// Adds something that is wrong with the group or a key of it.
    ///
    /// - Parameters:
    ///   - key: nil: the group as a whole.
    ///   - offset: how many characters into the value of the key; nil: the problem is said at the key.
    public mutating func problem(
        at key: String? = nil, value: String? = nil, offset: Int? = nil, _ message: String, allowed: String
    ) {
        let entry = key.flatMap { key in entries?.first { $0.key == key } }
        let place = offset.flatMap { offset in entry?.value.place(of: offset) } ?? entry?.origin ?? origin
        problems.append(
            ConfigurationProblem(
                key: key.map(pathOf) ?? path, value: value, origin: place, message: message, allowed: allowed))
    }

    /// Whether the group has that key.
    public func has(_ key: String) -> Bool { entries?.contains { $0.key == key } ?? false }

    /// Says which keys nobody asked for.
    mutating func close() {
        guard let entries else { return }
        let known = declared.map(\.key)
        for entry in entries where !known.contains(entry.key) {
            problems.append(
                ConfigurationProblem(
                    key: pathOf(entry.key), value: nil, origin: entry.origin,
                    message: "is not known" + ConfigurationProblem.suggestion(for: entry.key, among: known),
                    allowed: known.isEmpty ? "no keys" : known.joined(separator: ", ")))
        }
    }

    func pathOf(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    // MARK: What the kinds of questions are made of

    /// Declares a key and looks it up; nil when it is missing, empty or described.
    mutating func look(
        _ key: String, _ shape: YAMLShape, _ about: String, default text: String?, isRequired: Bool = false,
        mayBeEmpty: Bool = false
    ) -> YAMLNode.Entry? {
        declared.append(
            YAMLShape.Field(key: key, shape: shape, about: about, defaultText: text, isRequired: isRequired))
        guard let entries else { return nil }
        guard let entry = entries.first(where: { $0.key == key }) else {
            if isRequired {
                problems.append(
                    ConfigurationProblem(
                        key: pathOf(key), value: nil, origin: origin, message: "is not set", allowed: shape.allowed))
            } else if let text {
                note(key, text, .defaultValue)
            }
            return nil
        }
        if case .null = entry.value.content {
            if !mayBeEmpty { wrong(entry, "has no value", "\(shape.allowed), or leave the key out") }
            return nil
        }
        return entry
    }

    mutating func note(_ key: String, _ text: String, _ origin: ConfigurationOrigin) {
        settings.append(Setting(key: key, text: text, origin: origin))
    }

    mutating func wrong(_ entry: YAMLNode.Entry, _ message: String, _ allowed: String) {
        wrong(entry.value, key: entry.key, message, allowed)
    }

    mutating func wrong(_ node: YAMLNode, key: String, _ message: String, _ allowed: String) {
        problems.append(
            ConfigurationProblem(
                key: pathOf(key), value: node.shown, origin: node.origin, message: message, allowed: allowed))
    }

    /// Asks a group within this one.
    mutating func inner<Value>(
        _ node: YAMLNode, key: String, _ body: (inout YAMLFields) -> Value
    ) -> (value: Value, settings: [Setting])? {
        guard case .mapping(let entries) = node.content else {
            wrong(node, key: key, "is \(node.kind) where a group of keys is meant", "keys with values")
            return nil
        }
        var fields = YAMLFields(entries, path: pathOf(key), origin: node.origin)
        let value = body(&fields)
        fields.close()
        problems += fields.problems
        return (value, fields.settings)
    }

    mutating func note(_ inner: [Setting], below key: String) {
        settings += inner.map { Setting(key: "\(key).\($0.key)", text: $0.text, origin: $0.origin) }
    }
}

extension ConfigurationProblem {
    /// `; did you mean X?` when a word that is known is near enough to one that is not, else nothing.
    public static func suggestion(for word: String, among known: [String]) -> String {
        EditDistance.nearest(to: word, among: known.sorted()).map { "; did you mean \($0)?" } ?? ""
    }
}

extension YAMLShape {
    /// What is allowed, for people.
    var allowed: String {
        switch self {
        case .value(let type): type.allowed
        case .share(let range): "a share from \(Self.percent(range.lowerBound)) to \(Self.percent(range.upperBound))"
        case .name(let section): "a name of the section \(section)"
        case .group(let fields): "a group of \(fields.map(\.key).joined(separator: ", "))"
        case .named: "names with values"
        case .either(let shapes): shapes.map(\.allowed).joined(separator: ", or ")
        case .list(let shape): "a list of \(shape.allowed)"
        }
    }

    static func percent(_ share: Double) -> String {
        let percent = share * 100
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
}
