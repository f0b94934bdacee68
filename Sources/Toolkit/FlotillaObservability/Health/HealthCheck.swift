/// A question a service asks itself when it is asked how it is.
public struct HealthCheck: Sendable {
    /// What is checked: `database`, `broker`, `payments`.
    public var name: String
    /// Whether the service cannot do its work without it; if not, a failure only degrades the service.
    public var isCritical: Bool
    /// How long the check may take before it counts as failed.
    public var timeout: Duration
    /// Asks. It must end soon after its task is cancelled, since an answer waits for it.
    public var check: @Sendable () async -> HealthResult

    public init(
        name: String, isCritical: Bool = true, timeout: Duration = .seconds(2),
        check: @escaping @Sendable () async -> HealthResult
    ) {
        self.name = name
        self.isCritical = isCritical
        self.timeout = timeout
        self.check = check
    }

    /// A check that is passed when `attempt` does not throw.
    public init(
        name: String, isCritical: Bool = true, timeout: Duration = .seconds(2),
        succeeding attempt: @escaping @Sendable () async throws -> Void
    ) {
        self.init(name: name, isCritical: isCritical, timeout: timeout) {
            do {
                try await attempt()
                return .healthy
            } catch {
                return .unhealthy(errorText(error))
            }
        }
    }
}
