internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaHTTP

/// What is changed in JSON bodies, in this order: renamed, removed, set. A pure function on bytes.
///
/// Numbers that fit neither 64 bits nor a double of 64 bits lose digits, since the whole body is read and written
/// again.
struct JSONEdits: Sendable, Hashable {
    /// What a member is set to.
    enum Value: Sendable, Hashable {
        case json(JSONValue)
        case text(TextTemplate)
    }

    struct Setting: Sendable, Hashable {
        var path: JSONPath
        var value: Value
    }

    struct Renaming: Sendable, Hashable {
        var path: JSONPath
        /// The last name from now on.
        var name: String
    }

    /// Bodies that are longer are not changed but refused.
    static let bytesMax = 1 << 20

    var set: [Setting] = []
    var remove: [JSONPath] = []
    var rename: [Renaming] = []

    static let none = JSONEdits()

    var isEmpty: Bool { self.set.isEmpty && remove.isEmpty && rename.isEmpty }

    /// Whether a body of that type is changed at all: `application/json`, or a type that ends in `+json`.
    static func concerns(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        var type = contentType.prefix { $0 != ";" }
        while let last = type.last, last == " " || last == "\t" { type = type.dropLast() }
        let lower = type.lowercased()
        return lower == "application/json" || lower.hasSuffix("+json")
    }

    /// The new body. One of another type, or without content, stays as it is.
    ///
    /// - Throws: ``JSONError`` when it is not the JSON it says it is, or has more than ``bytesMax`` bytes.
    func body(
        _ bytes: [UInt8], contentType: String?, _ values: EditValues, _ head: borrowing some EdgeHead & ~Copyable
    ) throws(JSONError) -> [UInt8] {
        guard !isEmpty, !bytes.isEmpty, Self.concerns(contentType) else { return bytes }
        var value = try JSONValue(parsing: bytes, bytesMax: Self.bytesMax)
        apply(to: &value, values, head)
        return value.bytes()
    }

    func apply(to value: inout JSONValue, _ values: EditValues, _ head: borrowing some EdgeHead & ~Copyable) {
        for renaming in rename { renaming.path.visit(&value) { Self.rename(&$0, $1, renaming.name) } }
        for path in remove { path.visit(&value) { Self.remove(&$0, $1) } }
        for setting in set {
            let new: JSONValue =
                switch setting.value {
                case .json(let value): value
                case .text(let template): .string(template.text(values, head))
                }
            setting.path.visit(&value, creates: true) { Self.set(&$0, $1, new) }
        }
    }

    private static func rename(_ value: inout JSONValue, _ step: JSONPath.Step, _ name: String) {
        guard case .object(var object) = value, let old = step.nameInObject, let inner = object[old], old != name
        else { return }
        // In its place, and of two members with one name the renamed one stays.
        var members = object.members.filter { $0.name != name }
        if let place = members.firstIndex(where: { $0.name == old }) {
            members[place] = JSONObject.Member(name: name, value: inner)
        }
        object = JSONObject(members)
        value = .object(object)
    }

    private static func remove(_ value: inout JSONValue, _ step: JSONPath.Step) {
        switch value {
        case .object(var object):
            guard let name = step.nameInObject else { return }
            object[name] = nil
            value = .object(object)
        case .array(let elements):
            value = .array(elements.enumerated().filter { !step.means($0.offset) }.map(\.element))
        default: return
        }
    }

    private static func set(_ value: inout JSONValue, _ step: JSONPath.Step, _ new: JSONValue) {
        switch value {
        case .object(var object):
            guard let name = step.nameInObject else { return }
            object[name] = new
            value = .object(object)
        case .array(var elements):
            for place in elements.indices where step.means(place) { elements[place] = new }
            value = .array(elements)
        default: return
        }
    }
}

extension JSONEdits {
    /// Reads the group `body`: `{ set: {a.b: 1}, remove: [secret], rename: {old.name: newName} }`.
    init(from fields: inout YAMLFields, captures: [String]) {
        set = fields.namedScalars(
            "set", "Paths of members with their values: texts, numbers, true, false or null."
        ).compactMap { named in
            guard let path = Self.path(named.name, at: "set", &fields),
                let value = Self.value(named, captures, &fields)
            else { return nil }
            return Setting(path: path, value: value)
        }
        remove = fields.texts("remove", count: 0...100, "Paths of members.").compactMap {
            Self.path($0, at: "remove", &fields)
        }
        rename = fields.namedTexts(
            "rename", bytes: 1...200, "Paths of members, each with the new name of its last step."
        ).compactMap { named in
            Self.path(named.name, at: "rename", &fields).map { Renaming(path: $0, name: named.value) }
        }
    }

    private static func path(_ text: String, at key: String, _ fields: inout YAMLFields) -> JSONPath? {
        let path = JSONPath(text)
        if path == nil { fields.problem(at: key, value: text, "has a path that is none", allowed: JSONPath.allowed) }
        return path
    }

    private static func value(
        _ named: YAMLNamed<YAMLScalar>, _ captures: [String], _ fields: inout YAMLFields
    ) -> Value? {
        switch named.value {
        case .null: return .json(.null)
        case .text(let text, isPlain: true):
            if text == "true" || text == "false" { return .json(.bool(text == "true")) }
            if case .some(let number) = number(text) { return .json(number) }
            return template(text, named.name, captures, &fields)
        case .text(let text, isPlain: false): return template(text, named.name, captures, &fields)
        }
    }

    /// What is a number in JSON; nil: it is none.
    private static func number(_ text: String) -> JSONValue? {
        // What cannot be read is no number: that is the question.
        guard let value = try? JSONValue(parsing: Array(text.utf8)), value.double != nil else { return nil }
        return value
    }

    private static func template(
        _ text: String, _ name: String, _ captures: [String], _ fields: inout YAMLFields
    ) -> Value? {
        TextTemplate.read(text, at: "set", of: name, captures: captures, &fields).map { template in
            template.constant.map { .json(.string($0)) } ?? .text(template)
        }
    }
}
