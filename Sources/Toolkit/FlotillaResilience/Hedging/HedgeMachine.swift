/// Decides for one call which attempts run beside one another. A value.
struct HedgeMachine: Sendable {
    enum Decision: Sendable, Equatable {
        /// Wait for what comes next.
        case wait
        /// Begin an attempt beside the others, if breaker, limit and budget allow it, and tell with ``begun()``.
        case begin
        /// This attempt's answer is that of the call; the others are not needed any more.
        case answer
        /// All attempts have failed; this one was the last.
        case fail
    }

    private let extraMax: Int
    private(set) var running = 1
    private(set) var extra = 0
    private var isOver = false

    init(extraMax: Int) { self.extraMax = extraMax }

    /// Whether there is anything to do when the delay has passed once more.
    var mayHedge: Bool { !isOver && extra < extraMax }

    /// The delay has passed without an answer.
    func afterDelay() -> Decision { mayHedge && running > 0 ? .begin : .wait }

    /// An attempt was begun beside the others.
    mutating func begun() {
        running += 1
        extra += 1
    }

    /// An attempt has ended.
    mutating func ended(isSuccess: Bool) -> Decision {
        running -= 1
        if isOver { return .wait }
        guard isSuccess || running == 0 else { return .wait }
        isOver = true
        return isSuccess ? .answer : .fail
    }
}
