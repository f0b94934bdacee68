internal import FlotillaHTTP

/// Where something stands in a JSON value: `customer.address.city`, `items.*.price` (of each element), `items.0`.
struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    enum Step: Sendable, Hashable {
        case name(String)
        /// Each element of an array.
        case each
        /// A number is a name in an object, and a place in an array.
        case place(Int)
    }

    static let stepsMax = 16
    static let allowed = "names with dots between them; * for each element, 0 for the first; at most 16"

    let steps: [Step]

    /// - Returns: nil when it is empty, has an empty name, or is too long.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= Self.stepsMax, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        steps = parts.map { part in
            if part == "*" { return .each }
            if part.utf8.count <= 6, part.utf8.allSatisfy({ (48...57).contains($0) }), let place = Int(part) {
                return .place(place)
            }
            return .name(String(part))
        }
    }

    var description: String {
        steps.map { step in
            switch step {
            case .name(let name): name
            case .each: "*"
            case .place(let place): String(place)
            }
        }.joined(separator: ".")
    }

    /// Calls `body` with each value that holds what the path means, and the last step: an object and a name, or an
    /// array and a place.
    ///
    /// - Parameter creates: whether objects that are not there are made on the way.
    func visit(
        _ value: inout JSONValue, creates: Bool = false, _ body: (inout JSONValue, Step) -> Void
    ) {
        Self.visit(&value, steps[...], creates, body)
    }

    private static func visit(
        _ value: inout JSONValue, _ steps: ArraySlice<Step>, _ creates: Bool, _ body: (inout JSONValue, Step) -> Void
    ) {
        guard let step = steps.first else { return }
        let rest = steps.dropFirst()
        if rest.isEmpty { return last(&value, step, body) }
        switch value {
        case .object(var object):
            guard let name = step.nameInObject else { return }
            let known = object[name]
            guard known != nil || creates else { return }
            var inner = known ?? .object(JSONObject())
            // What is changed may not be held twice, or it would be copied.
            object[name] = .null
            value = .null
            visit(&inner, rest, creates, body)
            object[name] = inner
            value = .object(object)
        case .array(var elements):
            value = .null
            for place in elements.indices where step.means(place) { visit(&elements[place], rest, creates, body) }
            value = .array(elements)
        default: return
        }
    }

    private static func last(_ value: inout JSONValue, _ step: Step, _ body: (inout JSONValue, Step) -> Void) {
        switch value {
        case .object: if step.nameInObject != nil { body(&value, step) }
        case .array:
            if case .name = step { return }
            body(&value, step)
        default: return
        }
    }
}

extension JSONPath.Step {
    /// The name it is in an object; nil: none.
    var nameInObject: String? {
        switch self {
        case .name(let name): name
        case .place(let place): String(place)
        case .each: nil
        }
    }

    /// Whether the element at that place of an array is meant.
    func means(_ place: Int) -> Bool {
        switch self {
        case .name: false
        case .each: true
        case .place(let wanted): wanted == place
        }
    }
}
