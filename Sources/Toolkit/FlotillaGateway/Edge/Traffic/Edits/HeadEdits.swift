internal import FlotillaConfiguration

/// What a route changes in the heads of requests and answers (GW-13).
struct HeadEdits: Sendable, Hashable {
    /// Which path the upstream is asked for; nil: the one that was sent.
    var path: PathRewrite?
    var query = QueryEdits.none
    var request = FieldEdits.none
    var answer = FieldEdits.none

    static let none = HeadEdits()

    var isEmpty: Bool { path == nil && query.isEmpty && request.isEmpty && answer.isEmpty }

    /// Whether path or query are changed.
    var changesTarget: Bool { path != nil || !query.isEmpty }

    /// Path and query that the upstream is asked for.
    ///
    /// - Parameter sent: the path in the one form that rules may compare; nil: as ``EdgeHead/pathText()`` has it.
    /// - Returns: nil when there is no such target (``PathRewrite/path(_:captures:)``): 400.
    func target(
        sent: [UInt8]? = nil, _ values: EditValues, _ head: borrowing some EdgeHead & ~Copyable
    ) -> [UInt8]? {
        var target = sent ?? Array(head.pathText().utf8)
        if let path {
            guard let rewritten = path.path(target, captures: values.captures) else { return nil }
            target = rewritten
        }
        var query = head.queryText()
        if !self.query.isEmpty { query = self.query.query(query, values, head) }
        if !query.isEmpty {
            target.append(UInt8(ascii: "?"))
            target += query.utf8
        }
        return target
    }
}

extension HeadEdits {
    /// Reads the keys of a route: `rewrite`, `stripPrefix`, and the groups `request` and `answer` with what is changed
    /// there, and the changes of bodies.
    ///
    /// - Parameter captures: the names that there are in the path of the route.
    static func read(from fields: inout YAMLFields, captures: [String]) -> (heads: HeadEdits, bodies: BodyEdits) {
        var edits = HeadEdits()
        var bodies = BodyEdits()
        edits.path = PathRewrite.read(from: &fields, captures: captures)
        fields.group("request", "What is changed in requests.") { fields in
            edits.request = fields.group("headers", "Fields.") { FieldEdits(from: &$0, captures: captures) }
            edits.query = fields.group("query", "Parameters.") { QueryEdits(from: &$0, captures: captures) }
            bodies.request = fields.group("body", "Members of JSON bodies.") {
                JSONEdits(from: &$0, captures: captures)
            }
        }
        fields.group("answer", "What is changed in answers.") { fields in
            edits.answer = fields.group("headers", "Fields.") { FieldEdits(from: &$0, captures: captures) }
            bodies.answer = fields.group("body", "Members of JSON bodies.") {
                JSONEdits(from: &$0, captures: captures)
            }
        }
        return (edits, bodies)
    }
}

/// What a route changes in the bodies of requests and answers.
struct BodyEdits: Sendable, Hashable {
    var request = JSONEdits.none
    var answer = JSONEdits.none

    static let none = BodyEdits()
}
