internal import FlotillaHTTP

/// A way into a JSON value: names of members, and places in arrays, from 0, or from the end with -1 for the last.
struct ValuePath: Sendable, Hashable {
    let steps: [String]

    /// - Parameter text: `items.0.id`; empty for the value itself.
    /// - Returns: nil when a step is empty or the whole is too long.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 200 else { return nil }
        let words = String(text).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let steps = text.isEmpty ? [] : words
        guard steps.allSatisfy({ !$0.isEmpty }), steps.count <= 16 else { return nil }
        self.steps = steps
    }

    /// - Returns: nil when there is nothing at the end of the way.
    func value(in value: JSONValue) -> JSONValue? {
        var value = value
        for step in steps {
            let next: JSONValue?
            if let array = value.array {
                next = Int(step).flatMap { $0 < 0 ? array.count &+ $0 : $0 }.flatMap { value[$0] }
            } else {
                next = value[step]
            }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}

/// Something that a part of a composition needs: of the request, of the caller, or of another part.
enum ValueReference: Sendable, Hashable {
    /// `{id}`: what a placeholder of the route's path stands for.
    case capture(String)
    /// `{query.page}`: a parameter of the request.
    case query(String)
    /// `{caller.id}`: who asks; nobody when the request has no verified token.
    case caller
    /// `{item.productId}`: of the element that the call is for.
    case item(ValuePath)
    /// `{order.userId}`: of the answer of another part, by its place.
    case part(Int, ValuePath)

    /// Words that no part can be called by.
    static let reserved = ["query", "caller", "item", "partial"]

    /// What a reference may mean.
    struct Names {
        /// The placeholders of the route's path.
        var captures: [String]
        /// The parts, in the order in which they stand.
        var parts: [String]
        /// Whether there is an element to speak of.
        var hasItem: Bool
    }

    /// - Parameter text: as it stands between the braces.
    /// - Throws: ``ReferenceError``, which says why it means nothing.
    init(_ text: some StringProtocol, among names: Names) throws(ReferenceError) {
        let text = String(text)
        let head = String(text.prefix { $0 != "." })
        guard let path = ValuePath(text.dropFirst(head.count + 1)) else {
            throw ReferenceError(reason: "has an empty step or too many")
        }
        switch head {
        case "item" where names.hasItem: self = .item(path)
        case "query":
            guard path.steps.count == 1 else { throw ReferenceError(reason: "names no parameter: query.NAME") }
            self = .query(path.steps[0])
        case "caller":
            guard path.steps == ["id"] else { throw ReferenceError(reason: "is not caller.id") }
            self = .caller
        default:
            if let index = names.parts.firstIndex(of: head) {
                self = .part(index, path)
            } else if path.steps.isEmpty, names.captures.contains(head) {
                self = .capture(head)
            } else {
                throw ReferenceError(reason: "leads nowhere", known: names)
            }
        }
    }

    /// The part it is of; nil: of none.
    var part: Int? {
        if case .part(let index, _) = self { index } else { nil }
    }
}

/// Why a reference means nothing.
struct ReferenceError: Error {
    var reason: String
    var known: ValueReference.Names?
}
