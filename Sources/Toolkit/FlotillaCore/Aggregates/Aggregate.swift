/// A thing whose state is the sum of what happened to it (event sourcing; Fowler, Young).
///
/// A value type: commands are methods that return the events to record or throw a refusal,
/// ``apply(_:)`` is total and never refuses, since what happened, happened.
public protocol Aggregate: Sendable {
    associatedtype Event: Sendable

    /// The state before anything happened.
    init()

    /// Takes one recorded event into account.
    mutating func apply(_ event: Event)
}

extension Aggregate {
    /// The state after `events`, in order.
    public static func replay(_ events: some Sequence<Event>) -> Self {
        var state = Self()
        for event in events { state.apply(event) }
        return state
    }
}
