public import FlotillaCore
internal import Synchronization

/// The load shedders of a process, by what they protect. Safe to share between tasks.
public final class LoadShedders: Sendable {
    /// Targets come from code, not from input; more than these are a defect.
    private static let targetsMax = 1_000

    /// A limit under the name of its policy.
    public struct Named: Sendable, Hashable {
        /// Stands in refusals and metrics.
        public var name: String
        /// The policy.
        public var limit: AdaptiveLimit

        public init(name: String, limit: AdaptiveLimit) {
            self.name = name
            self.limit = limit
        }
    }

    private struct Entry {
        var shedder: LoadShedder
        /// What whoever asked first meant for a target the book does not speak of.
        var standard: Named
    }

    private struct State {
        var known: [String: Entry] = [:]
        var book: [String: Named] = [:]

        func named(_ target: String, standard: Named) -> Named { book[target] ?? book[PolicyBook.any] ?? standard }
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    /// None yet.
    public init(time: any TimeSource) { self.time = time }

    /// The shedder of a target, made when it is first asked for; whoever asks first decides what holds where the book
    /// says nothing (``adopt(_:)``).
    ///
    /// - Parameters:
    ///   - target: `gateway`.
    ///   - name: that of the policy.
    ///   - policy: must be without ``AdaptiveLimit/problems()``.
    ///   - kinds: how many kinds of calls are told apart, 1 to 1,000.
    public func shedder(
        for target: String, name: String, policy: AdaptiveLimit, kinds: Int = 1
    ) -> LoadShedder {
        state.withLock { state in
            if let entry = state.known[target] { return entry.shedder }
            precondition(
                state.known.count < Self.targetsMax, "over \(Self.targetsMax) targets: is input in their names?")
            let standard = Named(name: name, limit: policy)
            let named = state.named(target, standard: standard)
            let shedder = LoadShedder(target: target, name: named.name, policy: named.limit, kinds: kinds, time: time)
            state.known[target] = Entry(shedder: shedder, standard: standard)
            return shedder
        }
    }

    /// Goes by another book from now on, by target or `*`: every shedder goes on with what it has measured, and with
    /// what an operator holds it to.
    ///
    /// - Parameter book: its limits must be without ``AdaptiveLimit/problems()``.
    public func adopt(_ book: [String: Named]) {
        state.withLock { state in
            state.book = book
            for (target, entry) in state.known {
                let named = state.named(target, standard: entry.standard)
                entry.shedder.adopt(named.limit, name: named.name)
            }
        }
    }

    /// The shedder of a target; nil when nobody ever asked for it.
    public subscript(target: String) -> LoadShedder? { state.withLock { $0.known[target]?.shedder } }

    /// All of them, by target.
    public func snapshots() -> [LoadShedderSnapshot] {
        state.withLock { $0.known.values.map(\.shedder) }.map { $0.snapshot() }.sorted { $0.target < $1.target }
    }
}
