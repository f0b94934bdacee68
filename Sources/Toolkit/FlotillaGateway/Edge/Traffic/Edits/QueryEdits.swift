internal import FlotillaConfiguration
internal import FlotillaHTTP

/// What is changed in the query of a request, in this order: renamed, removed, set. What is not meant stays as it was
/// sent, to the byte.
struct QueryEdits: Sendable, Hashable {
    struct Parameter: Sendable, Hashable {
        var name: String
        var value: TextTemplate
    }

    struct Renaming: Sendable, Hashable {
        var old: String
        var new: String
    }

    var set: [Parameter] = []
    var remove: [String] = []
    var rename: [Renaming] = []

    static let none = QueryEdits()

    var isEmpty: Bool { self.set.isEmpty && remove.isEmpty && rename.isEmpty }

    /// The new query, percent-encoded, without the `?`; empty: there is none.
    ///
    /// - Parameter query: without the `?`.
    func query(
        _ query: String, _ values: EditValues, _ head: borrowing some EdgeHead & ~Copyable
    ) -> String {
        var pieces: [String] = []
        for piece in query.split(separator: "&", omittingEmptySubsequences: true) {
            let mark = piece.firstIndex(of: "=") ?? piece.endIndex
            // What cannot be decoded has no name that could be meant.
            var name = PercentEncoding.decode(piece[..<mark].utf8, plusIsSpace: true)
            var text = String(piece)
            if let old = name, let renaming = rename.first(where: { $0.old == old }) {
                name = renaming.new
                text = PercentEncoding.encode(renaming.new) + piece[mark...]
            }
            let isTaken = name.map { name in remove.contains(name) || set.contains { $0.name == name } } ?? false
            if !isTaken { pieces.append(text) }
        }
        for parameter in set {
            let value = parameter.value.text(values, head)
            pieces.append(PercentEncoding.encode(parameter.name) + "=" + PercentEncoding.encode(value))
        }
        return pieces.joined(separator: "&")
    }
}

extension QueryEdits {
    /// Reads the group `query`: `{ set: {a: "1"}, remove: [b], rename: {old: new} }`.
    init(from fields: inout YAMLFields, captures: [String]) {
        set = fields.namedTexts(
            "set", bytes: 0...2_000, "Parameters with their values, in the place of those there are."
        ).compactMap { named in
            TextTemplate.read(named.value, at: "set", of: named.name, captures: captures, &fields)
                .map { Parameter(name: named.name, value: $0) }
        }
        remove = fields.texts("remove", count: 0...100, "Names of parameters.")
        rename = fields.namedTexts("rename", bytes: 1...200, "Names of parameters, each with the new one.")
            .map { Renaming(old: $0.name, new: $0.value) }
    }
}
