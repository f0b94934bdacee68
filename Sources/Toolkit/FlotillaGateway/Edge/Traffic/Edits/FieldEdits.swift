internal import FlotillaConfiguration

/// What is changed in the fields of a request or an answer: some are taken away, some put in their place.
///
/// In this order: what is removed and what is set is taken away; then what is set and what is added is put in.
struct FieldEdits: Sendable, Hashable {
    /// A field and its value.
    struct Field: Sendable, Hashable {
        var name: String
        var value: TextTemplate
    }

    let set: [Field]
    let add: [Field]
    /// Names in lower case of all that is taken away.
    let without: [String]
    /// The lines that are the same for every request.
    let constant: FieldLines
    /// Those that are not.
    private let varying: [Field]

    static let none = FieldEdits()

    init(set: [Field] = [], add: [Field] = [], remove: [String] = []) {
        self.set = set
        self.add = add
        without = Array(Set((remove + set.map(\.name)).map { $0.lowercased() })).sorted()
        constant = FieldLines((set + add).compactMap { field in field.value.constant.map { (field.name, $0) } })
        varying = (set + add).filter { $0.value.constant == nil }
    }

    /// Whether each request has lines of its own.
    var varies: Bool { !varying.isEmpty }

    var isEmpty: Bool { self.set.isEmpty && add.isEmpty && without.isEmpty }

    /// Adds the lines that each request has its own of; what would end a line early becomes a space, and what comes out
    /// empty is left out.
    func addVarying(
        to lines: inout FieldLines, _ values: EditValues, _ head: borrowing some EdgeHead & ~Copyable
    ) {
        for field in varying {
            let text = field.value.text(values, head)
            if !text.isEmpty { lines.add(field.name, text) }
        }
    }
}

extension FieldEdits {
    /// Reads the group `headers`:
    /// ```yaml
    /// headers: { set: { X-Caller: "${caller.id}" }, add: { Via: gateway }, remove: [Cookie] }
    /// ```
    ///
    /// - Parameter captures: the names that there are in the path of the route.
    init(from fields: inout YAMLFields, captures: [String]) {
        let set = Self.list("set", "Fields with their values, in the place of those there are.", &fields, captures)
        let add = Self.list("add", "Fields with their values, besides those there are.", &fields, captures)
        let remove = fields.texts("remove", count: 0...100, bytes: 1...100, "Names of fields.")
        for name in remove {
            if let problem = FieldName.problem(name) {
                fields.problem(at: "remove", value: name, problem, allowed: FieldName.allowed)
            }
        }
        self.init(set: set, add: add, remove: remove)
    }

    private static func list(
        _ key: String, _ about: String, _ fields: inout YAMLFields, _ captures: [String]
    ) -> [Field] {
        fields.namedTexts(key, bytes: 0...4_000, about).compactMap { named in
            if let problem = FieldName.problem(named.name) {
                fields.problem(at: key, value: named.name, problem, allowed: FieldName.allowed)
                return nil
            }
            guard FieldName.isValue(named.value) else {
                fields.problem(
                    at: key, value: named.name, "has a value that no field may have",
                    allowed: "text without line ends and other control characters, no blanks at its ends")
                return nil
            }
            return TextTemplate.read(named.value, at: key, of: named.name, captures: captures, &fields)
                .map { Field(name: named.name, value: $0) }
        }
    }
}
