internal import FlotillaHTTP

/// One thing in which two answers to the same request differ.
struct AnswerDifference: Sendable, Hashable {
    /// `status`, `header etag`, `body`, or `body $.items.0.price`.
    var place: String
    /// What the answer has that the client got; nil: nothing.
    var live: String?
    /// What the other has; nil: nothing.
    var mirror: String?

    /// More are not looked for.
    static let differencesMax = 20
    /// Longer values are cut.
    static let valueBytesMax = 120
}

/// An answer, as far as it is compared.
struct ComparedAnswer: Sendable, Hashable {
    var status: Int
    /// Names in lower case, in any order.
    var fields: [(name: String, value: String)]
    /// Nil: it was too long to be kept.
    var body: [UInt8]?

    static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body
            && left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }

    func hash(into hasher: inout Hasher) { hasher.combine(status) }

    fileprivate func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }
}

extension MirrorPlan {
    /// In what two answers differ, at most ``AnswerDifference/differencesMax``; empty: in nothing that is compared.
    ///
    /// - Parameters:
    ///   - live: what the client got.
    ///   - mirror: what the other upstream answered.
    func differences(_ live: ComparedAnswer, _ mirror: ComparedAnswer) -> [AnswerDifference] {
        var comparison = AnswerComparison(plan: self)
        comparison.note("status", String(live.status), String(mirror.status))
        if depth == .status { return comparison.differences }
        let names = Set((live.fields + mirror.fields).map(\.name)).subtracting(ignoredFields)
        for name in names.sorted() {
            let (one, other) = (live.values(name), mirror.values(name))
            comparison.note(
                "header \(name)", one.isEmpty ? nil : one.joined(separator: ", "),
                other.isEmpty ? nil : other.joined(separator: ", "))
        }
        if depth == .body, let one = live.body, let other = mirror.body, one != other {
            comparison.compareBodies(one, other, isJSON: JSONEdits.concerns(live.values("content-type").first))
        }
        return comparison.differences
    }
}

/// Two answers under comparison.
private struct AnswerComparison {
    /// Whose values are never shown.
    private static let secrets: Set<String> = ["header set-cookie", "header authorization", "header www-authenticate"]

    let plan: MirrorPlan
    private(set) var differences: [AnswerDifference] = []

    init(plan: MirrorPlan) { self.plan = plan }

    mutating func note(_ place: String, _ live: String?, _ mirror: String?) {
        if live != mirror { add(place, live, mirror) }
    }

    private mutating func add(_ place: String, _ live: String?, _ mirror: String?) {
        guard differences.count < AnswerDifference.differencesMax else { return }
        // A status is not personal.
        let isShown = place == "status" || (plan.showsValues && !Self.secrets.contains(place))
        func shown(_ text: String?) -> String? {
            text.map { isShown ? Self.cut($0) : "(\($0.utf8.count) bytes)" }
        }
        differences.append(AnswerDifference(place: Self.cut(place), live: shown(live), mirror: shown(mirror)))
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > AnswerDifference.valueBytesMax else { return text }
        return String(decoding: text.utf8.prefix(AnswerDifference.valueBytesMax), as: UTF8.self) + "…"
    }

    mutating func compareBodies(_ live: [UInt8], _ mirror: [UInt8], isJSON: Bool) {
        // What is no JSON, whatever it says it is, is compared by its bytes.
        func parsed(_ bytes: [UInt8]) -> JSONValue? { try? JSONValue(parsing: bytes, bytesMax: JSONEdits.bytesMax) }
        if isJSON, let one = parsed(live), let other = parsed(mirror) {
            var path: [String] = []
            compare(one, other, &path)
        } else {
            let place = zip(live, mirror).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            let from = place ?? min(live.count, mirror.count)
            let (one, other) = (live[from...].prefix(40), mirror[from...].prefix(40))
            add(
                "body at byte \(from)", String(decoding: one, as: UTF8.self), String(decoding: other, as: UTF8.self))
        }
    }

    /// Members in any order, elements by their places.
    private mutating func compare(_ live: JSONValue?, _ mirror: JSONValue?, _ path: inout [String]) {
        guard differences.count < AnswerDifference.differencesMax, live != mirror, !isIgnored(path) else { return }
        switch (live, mirror) {
        case (.object(let one), .object(let other)):
            let new = other.names.filter { one[$0] == nil }
            for name in one.names + new {
                path.append(name)
                compare(one[name], other[name], &path)
                path.removeLast()
            }
        case (.array(let one), .array(let other)):
            for place in 0..<max(one.count, other.count) {
                path.append(String(place))
                // A nil written here would be the null of JSON.
                compare(one.dropFirst(place).first, other.dropFirst(place).first, &path)
                path.removeLast()
            }
        case (.integer, .number), (.number, .integer):
            // 1 and 1.0 are the same number.
            if live?.double != mirror?.double { addValues(live, mirror, path) }
        default: addValues(live, mirror, path)
        }
    }

    private mutating func addValues(_ live: JSONValue?, _ mirror: JSONValue?, _ path: [String]) {
        add("body $" + path.map { "." + $0 }.joined(), live?.description, mirror?.description)
    }

    private func isIgnored(_ path: [String]) -> Bool {
        plan.ignoredPaths.contains { ignored in
            ignored.steps.count == path.count
                && zip(ignored.steps, path).allSatisfy { step, name in
                    switch step {
                    case .each: Int(name) != nil
                    case .name(let wanted): wanted == name
                    case .place(let place): name == String(place)
                    }
                }
        }
    }
}
