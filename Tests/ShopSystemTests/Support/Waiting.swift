internal import FlotillaCore

/// What did not come about in time.
struct WaitedInVain: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited in vain until \(what)" }
}

/// Asks again and again, with a short pause, until there is an answer.
///
/// - Parameter limit: generous; only a defect reaches it.
func wait<Value>(
    until what: String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(25),
    _ answer: () async throws -> Value?
) async throws -> Value {
    let time = SystemTime()
    let end = time.uptime + limit
    while true {
        if let value = try await answer() { return value }
        guard time.uptime < end else { throw WaitedInVain(what: what) }
        try await time.sleep(for: pause)
    }
}

/// Runs `body`, and gives up on it after `limit`.
func give<Value: Sendable>(
    _ limit: Duration, until what: String, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await SystemTime().sleep(for: limit)
            throw WaitedInVain(what: what)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw WaitedInVain(what: what) }
        return value
    }
}

/// Runs `count` calls of `body`, at most `width` at a time; the results are in the order of the calls.
func inParallel<Value: Sendable>(
    _ count: Int, width: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        var results = [Value?](repeating: nil, count: count)
        var next = 0
        func add() {
            guard next < count else { return }
            let index = next
            next += 1
            group.addTask { (index, try await body(index)) }
        }
        for _ in 0..<width { add() }
        while let (index, value) = try await group.next() {
            results[index] = value
            add()
        }
        return results.compactMap { $0 }
    }
}
