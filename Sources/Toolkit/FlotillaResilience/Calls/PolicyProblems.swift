/// Collects what is wrong with a policy, in sentences that name the key, the value and what is allowed.
struct PolicyProblems {
    private(set) var list: [String] = []

    mutating func add(_ problem: String) { list.append(problem) }

    mutating func require<Value: Comparable>(_ range: ClosedRange<Value>, _ value: Value, _ key: String) {
        if !range.contains(value) {
            add("\(key) is \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
        }
    }

    mutating func requireShare(_ value: Double, _ key: String) {
        if !(value > 0 && value <= 1) { add("\(key) is \(value); allowed is above 0 up to 1") }
    }
}
