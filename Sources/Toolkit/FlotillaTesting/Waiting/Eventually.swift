public import FlotillaCore
public import Testing

/// Waits until `condition` holds, and records an issue when it does not within a generous time.
///
/// For what happens on other threads: the writer's thread, other tasks. It asks again and again, so a
/// test takes as long as the thing itself and never a fixed time.
///
/// - Parameters:
///   - what: completes the sentence "waited in vain until …".
///   - time: a clock that is moved on by `step` whenever the condition does not hold, for waiting on retries.
///   - limit: on the machine's clock; long enough that only a defect reaches it.
public func eventually(
    _ what: String, on time: ManualTime? = nil, step: Duration = .milliseconds(50),
    within limit: Duration = .seconds(120), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let machine = SystemTime()
    let end = machine.uptime + limit
    var rounds = 0
    while try await !condition() {
        guard machine.uptime < end else {
            Issue.record("waited in vain until \(what)", sourceLocation: sourceLocation)
            throw WaitedInVain(what: what)
        }
        rounds += 1
        await letOthersRun(round: rounds)
        time?.advance(by: step)
    }
}

/// Thrown by ``eventually(_:on:step:within:sourceLocation:_:)`` when its time is up.
public struct WaitedInVain: Error, CustomStringConvertible {
    /// What did not come about.
    public let what: String

    /// Says what was waited for.
    public var description: String { "waited in vain until \(what)" }
}

/// Lets everything that can run now do so, for checks that something does *not* happen.
///
/// A bounded number of turns for other tasks and other threads; no proof, but what is about to happen
/// at once has happened after it.
public func settle() async {
    for round in 1...200 { await letOthersRun(round: round) }
}

/// A turn for other tasks, and every now and then a moment for other threads, which a machine with few cores needs.
private func letOthersRun(round: Int) async {
    for _ in 0..<8 { await Task.yield() }
    guard round.isMultiple(of: 4) else { return }
    // Cancelled: the next question decides.
    do { try await SystemTime().sleep(for: .microseconds(500)) } catch { return }
}
