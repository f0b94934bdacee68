/// The schema of one part of a database, as steps that are applied once each, in order.
///
/// A service's database holds several sets side by side: the service's own tables, the outbox,
/// the event store. A step that has been released is never edited; what changes is a new step.
public struct MigrationSet: Sendable {
    /// One step: a name and the statements that make it.
    public struct Step: Sendable {
        public var name: String
        public var script: String

        public init(_ name: String, _ script: String) {
            self.name = name
            self.script = script
        }
    }

    /// Whose steps these are: `orders`, `outbox`.
    public var name: String
    public var steps: [Step]

    public init(_ name: String, steps: [Step]) {
        self.name = name
        self.steps = steps
    }
}
