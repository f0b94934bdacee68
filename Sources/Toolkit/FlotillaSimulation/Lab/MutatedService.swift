public import FlotillaRuntime
public import FlotillaStorage

/// A service as it is, but for what a mutant changes.
public struct MutatedService: ServiceBlueprint {
    /// Changes what a service was assembled to; runs at each of its starts.
    public typealias Change = @Sendable (inout ServiceParts, ServiceNeeds) async throws -> Void

    private let original: any ServiceBlueprint
    private let schema: @Sendable (String) -> String
    private let change: Change

    /// - Parameters:
    ///   - schema: what becomes of the script of each step of its migrations.
    ///   - change: what becomes of its parts.
    public init(
        _ original: any ServiceBlueprint, schema: @escaping @Sendable (String) -> String = { $0 },
        _ change: @escaping Change = { _, _ in }
    ) {
        self.original = original
        self.schema = schema
        self.change = change
    }

    public var manifest: ServiceManifest { original.manifest }

    public var migrations: [MigrationSet] {
        original.migrations.map { set in
            MigrationSet(set.name, steps: set.steps.map { MigrationSet.Step($0.name, schema($0.script)) })
        }
    }

    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        var parts = try await original.assemble(needs)
        try await change(&parts, needs)
        return parts
    }
}
