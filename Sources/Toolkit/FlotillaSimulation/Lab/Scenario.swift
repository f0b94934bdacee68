internal import FlotillaCore
public import FlotillaRuntime

/// A system to simulate: its services, what is done to it from outside, and what must always hold.
///
/// One is made for each run and keeps what its clients know.
public protocol Scenario: Sendable {
    /// What is counted in the report: `orders`.
    static var unit: String { get }

    /// The services, exactly as they run elsewhere.
    func map() throws -> FleetMap

    /// Settings, the issuer of tokens; files the services expect below `options.dataFolder`.
    func prepare(_ options: inout FleetOptions) throws

    /// How many copies of a service run in the run of this seed, by name; 1 of those that are not named.
    func replicas(seed: UInt64) -> [String: Int]

    /// Consumers that are in no hurry, by name: how long each rests, at most, before it looks for more messages. They
    /// then come many at a time and share a commit. For those a scenario adds to watch; others it would make other
    /// than they are.
    var rests: [String: Duration] { get }

    /// What must hold. Asked for once in a run, so that one may remember what it has looked at.
    var invariants: [Invariant] { get }

    /// Does what clients and operators do, until the load is over. Faults happen meanwhile.
    func load(_ lab: Lab) async throws

    /// What still has to come to its end after the faults stopped; nil: nothing, the world is quiet.
    func unsettled(_ lab: Lab) async throws -> String?

    /// How many units were begun so far.
    var unitCount: Int { get }
}

extension Scenario {
    /// Nothing has to be prepared.
    public func prepare(_ options: inout FleetOptions) throws {}

    /// One copy of each.
    public func replicas(seed: UInt64) -> [String: Int] { [:] }

    /// All are as fast as they can.
    public var rests: [String: Duration] { [:] }
}

/// Something that has to hold in every run.
public struct Invariant: Sendable {
    public enum Moment: Sendable {
        /// At any time, also in the middle of faults.
        case always
        /// Once the faults are over and everything has come to its end.
        case quiet
    }

    public let name: String
    public let moment: Moment
    let check: @Sendable (Lab) async throws -> String?

    /// - Parameter check: nil when it holds, else what is wrong. ``ServiceAway``, thrown in the middle of faults, skips
    ///   the check.
    public init(_ name: String, _ moment: Moment, _ check: @escaping @Sendable (Lab) async throws -> String?) {
        self.name = name
        self.moment = moment
        self.check = check
    }
}

/// A service whose database was to be read is not there now.
public struct ServiceAway: Error {
    public let service: String
}

/// What a run has shown to be wrong.
public struct Violation: Error, Sendable, CustomStringConvertible {
    public let invariant: String
    public let detail: String
    /// In virtual time since the start of the run.
    public let at: Duration

    public init(invariant: String, detail: String, at: Duration) {
        self.invariant = invariant
        self.detail = detail
        self.at = at
    }

    public var description: String { "\(invariant) at \(at.milliseconds / 1_000) s: \(detail)" }
}
