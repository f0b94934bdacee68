public import FlotillaCore
internal import Synchronization

/// Hands out the guard of each target: one for all who call it, made when it is first asked for.
///
/// Safe to share between tasks. Callers keep the guard they got; asking again is a lock and a look-up.
public final class PolicyRegistry: Sendable {
    /// Targets come from code, not from input; more than these are a defect.
    private static let targetsMax = 10_000

    private let world: World
    private let book: PolicyBook
    private let observer: GuardObserver?
    private let guards = Mutex<[String: CallGuard]>([:])

    /// - Parameters:
    ///   - book: must be without ``PolicyBook/problems()``.
    ///   - observer: told of what all guards do.
    public init(world: World, book: PolicyBook = PolicyBook(), observer: GuardObserver? = nil) {
        precondition(book.problems().isEmpty, book.problems().joined(separator: "; "))
        self.world = world
        self.book = book
        self.observer = observer
    }

    /// The guard of a target, `orders → catalog.GetProducts`.
    ///
    /// - Parameter standard: the policy of a target without an entry in the book; nil: the book's standard. Only who
    ///   asks first for a target decides, so whoever asks for it has to mean the same.
    public func callGuard(for target: String, standard: CallPolicy? = nil) -> CallGuard {
        guards.withLock { guards in
            if let known = guards[target] { return known }
            precondition(guards.count < Self.targetsMax, "over \(Self.targetsMax) targets: is input in their names?")
            let new = CallGuard(
                target: target, policy: book.policy(for: target, standard: standard), world: world, observer: observer)
            guards[target] = new
            return new
        }
    }

    /// The guard of the calls from one service to an operation of another: `orders`, `catalog.GetProducts`.
    public func callGuard(from caller: String, to callee: String, standard: CallPolicy? = nil) -> CallGuard {
        callGuard(for: caller + PolicyBook.arrow + callee, standard: standard)
    }

    /// All guards in use, by target.
    public func snapshots() -> [GuardSnapshot] {
        let all = guards.withLock { Array($0.values) }
        return all.map { $0.snapshot() }.sorted { $0.target < $1.target }
    }

    /// Holds a target's breaker open, closed or disabled for an operator; nil lets it go.
    ///
    /// - Returns: false when no call to that target was ever made.
    public func force(_ state: BreakerForce?, target: String) -> Bool {
        guard let known = guards.withLock({ $0[target] }) else { return false }
        known.force(state)
        return true
    }
}
