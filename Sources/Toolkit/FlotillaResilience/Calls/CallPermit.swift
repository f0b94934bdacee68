public import FlotillaCore

/// A guard's leave to make one attempt of a call. Give its outcome back, once.
public struct CallPermit: Sendable {
    /// By when the attempt has to have ended: the deadline of the call, or the policy's timeout if that is earlier.
    public let deadline: Deadline
    /// Whether this attempt is one that decides whether a half-open breaker closes.
    public var isTrial: Bool { breaker.isTrial }

    let breaker: BreakerPermit
    /// When the attempt begins; later than the permit was given where a leaky bucket has it wait its turn.
    let started: Duration
    /// Where the call has room. A guard keeps every bulkhead it ever had, so this is alive as long as the guard is.
    let room: Unmanaged<Bulkhead>?

    /// Gives back the room of the call.
    func leaveRoom() { room?._withUnsafeGuaranteedRef { $0.leave() } }
}
