public import FlotillaCore
internal import Synchronization

/// Hands out the guard of each target: one for all who call it, made when it is first asked for.
///
/// Safe to share between tasks. Callers keep the guard they got; asking again is a lock and a look-up.
public final class PolicyRegistry: Sendable {
    /// Targets come from code, not from input; more than these are a defect.
    private static let targetsMax = 10_000

    /// What keeps this process from taking on more than it can do.
    public let shedders: LoadShedders
    private let world: World
    private let observer: GuardObserver?
    private let pools: BulkheadPools
    private let state: Mutex<State>

    private struct Entry: Sendable {
        var guardian: CallGuard
        /// What whoever asked first meant for a target without an entry in the book.
        var standard: CallPolicy?
    }

    private struct State: Sendable {
        var book: PolicyBook
        var entries: [String: Entry] = [:]
    }

    /// - Parameters:
    ///   - book: must be without ``PolicyBook/problems()``.
    ///   - observer: told of what all guards do.
    public init(world: World, book: PolicyBook = PolicyBook(), observer: GuardObserver? = nil) {
        precondition(book.problems().isEmpty, book.problems().joined(separator: "; "))
        self.world = world
        shedders = LoadShedders(time: world.time)
        pools = BulkheadPools(time: world.time)
        state = Mutex(State(book: book))
        self.observer = observer
    }

    /// The guard of a target, `orders → catalog.GetProducts`.
    ///
    /// - Parameter standard: the policy of a target without an entry in the book; nil: the book's standard. Only who
    ///   asks first for a target decides, so whoever asks for it has to mean the same.
    public func callGuard(for target: String, standard: CallPolicy? = nil) -> CallGuard {
        state.withLock { state in
            if let known = state.entries[target] { return known.guardian }
            precondition(
                state.entries.count < Self.targetsMax, "over \(Self.targetsMax) targets: is input in their names?")
            let new = CallGuard(
                target: target, policy: state.book.policy(for: target, standard: standard), world: world, pools: pools,
                observer: observer)
            state.entries[target] = Entry(guardian: new, standard: standard)
            return new
        }
    }

    /// The guard of the calls from one service to an operation of another: `orders`, `catalog.GetProducts`.
    public func callGuard(from caller: String, to callee: String, standard: CallPolicy? = nil) -> CallGuard {
        callGuard(for: caller + PolicyBook.arrow + callee, standard: standard)
    }

    /// All guards in use, by target.
    public func snapshots() -> [GuardSnapshot] {
        entries.map { $0.guardian.snapshot() }
    }

    /// All pools that targets share, by caller and name.
    public func poolSnapshots() -> [BulkheadPoolSnapshot] { pools.snapshots() }

    /// The book that holds now.
    public var book: PolicyBook { state.withLock { $0.book } }

    /// Goes by another book from now on: every guard adopts its policy in it, and keeps what has not changed
    /// (``CallGuard/adopt(_:)``). Callers keep the guards they have.
    ///
    /// - Returns: what is wrong with the book; when anything is, all stays as it was.
    public func adopt(_ book: PolicyBook) -> [String] {
        let problems = book.problems()
        guard problems.isEmpty else { return problems }
        state.withLock { $0.book = book }
        for entry in entries {
            entry.guardian.adopt(book.policy(for: entry.guardian.target, standard: entry.standard))
        }
        return []
    }

    /// By target.
    private var entries: [Entry] {
        state.withLock { $0.entries.values.sorted { $0.guardian.target < $1.guardian.target } }
    }

    /// The guard of a target that was called before; nil when nobody ever asked for it.
    public func known(_ target: String) -> CallGuard? { state.withLock { $0.entries[target]?.guardian } }

    /// Holds a target's breaker open, closed or disabled for an operator; nil lets it go.
    ///
    /// - Returns: false when no call to that target was ever made.
    public func force(_ force: BreakerForce?, target: String) -> Bool {
        guard let known = known(target) else { return false }
        known.force(force)
        return true
    }
}
