public import FlotillaMessaging
internal import Synchronization

/// Says what the handlers of a test fail at.
public final class Script: Sendable {
    private struct State {
        var failures: [String: Int] = [:]
        var errors: [String: any Error] = [:]
        var tries: [String: Int] = [:]
        var gates: [String: ThreadGate] = [:]
    }

    private let state = Mutex(State())

    /// Nothing fails.
    public init() {}

    /// Handling that word fails at the first `times` tries; by default always.
    ///
    /// - Parameter error: what is thrown.
    public func fail(_ word: String, times: Int = .max, with error: any Error = HandlerFailed()) {
        state.withLock { state in
            state.failures[word] = times
            state.errors[word] = error
            state.tries[word] = 0
        }
    }

    /// Handling that word goes well from now on.
    public func heal(_ word: String) { state.withLock { $0.failures[word] = nil } }

    /// How often handling that word was tried since ``fail(_:times:with:)``.
    public func tries(of word: String) -> Int { state.withLock { $0.tries[word] ?? 0 } }

    /// Handling that word stops the writer's thread until ``open(_:)``.
    func hold(_ word: String) { state.withLock { $0.gates[word] = ThreadGate() } }

    func isHolding(_ word: String) -> Bool { state.withLock { $0.gates[word] }?.wasReached ?? false }

    func open(_ word: String) { state.withLock { $0.gates[word] }?.open() }

    /// Called by a handler: throws when handling this message is to fail.
    public func play(_ message: Message) throws {
        let word = String(decoding: message.data, as: UTF8.self)
        state.withLock { $0.gates[word] }?.pass()
        let error: (any Error)? = state.withLock { state in
            guard let times = state.failures[word] else { return nil }
            let tries = (state.tries[word] ?? 0) + 1
            state.tries[word] = tries
            return tries <= times ? state.errors[word] : nil
        }
        if let error { throw error }
    }
}

/// What a handler throws when its ``Script`` says so.
public struct HandlerFailed: Error, CustomStringConvertible {
    /// The only one there is.
    public init() {}

    /// Is kept with the dead letter.
    public var description: String { "the handler failed as it was told to" }
}
