public import FlotillaCore

/// A long transaction over several services: steps forward, and for each what takes it back
/// (saga; Garcia-Molina and Salem 1987; orchestration after Richardson).
///
/// Up to the *pivot* a saga can be taken back: when a step is refused or gives no answer, the
/// compensations of the steps done run in reverse. After the pivot it can only go forward: its
/// steps are tried until they succeed.
///
/// `State` is what the saga remembers between steps; it is stored with it.
public struct SagaDefinition<State: MessagePayload>: Sendable {
    /// Its name: `checkout`.
    public let type: String
    /// Raised when steps change; sagas that run keep the definition they began with, so the old
    /// version stays registered until the last of them has ended.
    public let version: Int
    public let steps: [SagaStep<State>]

    /// - Throws: ``SagaDefinitionError`` with everything that is wrong with it.
    public init(_ type: String, version: Int = 1, steps: [SagaStep<State>]) throws {
        self.type = type
        self.version = version
        self.steps = steps
        let problems = Self.problems(of: steps)
        guard problems.isEmpty else { throw SagaDefinitionError(type: type, problems: problems) }
    }

    private static func problems(of steps: [SagaStep<State>]) -> [String] {
        var problems: [String] = []
        if steps.isEmpty { problems.append("it has no steps") }
        if steps.count > 32 { problems.append("it has \(steps.count) steps; at most 32 are allowed") }
        var seen: Set<String> = []
        let pivot = steps.firstIndex { $0.kind == .pivot }
        for (index, step) in steps.enumerated() {
            if !seen.insert(step.id).inserted { problems.append("two steps are called '\(step.id)'") }
            let isBeforePivot = pivot.map { index < $0 } ?? true
            switch step.kind {
            case .compensatable where !isBeforePivot:
                problems.append("'\(step.id)' comes after the pivot, so it must be retriable")
            case .compensatable where step.compensation == nil && index < steps.count - 1:
                problems.append("'\(step.id)' has no compensation and stands before the pivot")
            case .retriable where isBeforePivot && pivot != nil:
                problems.append("'\(step.id)' is retriable but stands before the pivot")
            case .pivot where index != pivot:
                problems.append("'\(step.id)' is a second pivot")
            default: break
            }
            if case .remote(let exchange) = step.action, exchange.replies.isEmpty {
                problems.append("nothing answers '\(step.id)'")
            }
            if case .remote(let exchange) = step.compensation?.action, exchange.replies.isEmpty {
                problems.append("nothing answers the compensation of '\(step.id)'")
            }
        }
        return problems
    }
}

/// A saga that could not work; found when the service starts.
public struct SagaDefinitionError: DescribedError, CustomStringConvertible {
    public let type: String
    public let problems: [String]

    public var kind: ErrorKind { .internal }
    public var slug: String { "saga-definition" }
    public var detail: String { "The saga '\(type)' is not sound: \(problems.joined(separator: "; "))." }
    public var description: String { detail }
}
