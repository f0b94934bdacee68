public import FlotillaRuntime

/// One mechanism broken on purpose, to show that the invariants would notice.
public struct Mutant: Sendable {
    /// `skip-inbox`.
    public let name: String
    /// What is broken, in a sentence.
    public let summary: String
    /// What a service's SQL becomes, given the service and the statement.
    public var statement: (@Sendable (_ service: String, _ sql: String) -> String)?
    /// Stands in for a service.
    public var service: (@Sendable (any ServiceBlueprint) -> any ServiceBlueprint)?
    /// What the broker does.
    public var broker: SimulatedBroker.Mischief?
    /// Whether the disks only pretend to sync.
    public var ignoresSyncs = false
    /// Whether processes that have died go on.
    public var isUnfenced = false

    public init(
        _ name: String, _ summary: String,
        statement: (@Sendable (_ service: String, _ sql: String) -> String)? = nil,
        service: (@Sendable (any ServiceBlueprint) -> any ServiceBlueprint)? = nil,
        broker: SimulatedBroker.Mischief? = nil, ignoresSyncs: Bool = false, isUnfenced: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.statement = statement
        self.service = service
        self.broker = broker
        self.ignoresSyncs = ignoresSyncs
        self.isUnfenced = isUnfenced
    }
}
