public import FlotillaCore
internal import Synchronization

/// Answers how a service is: runs its checks side by side, each within its time.
///
/// Starts out of service; the runtime puts it in service when it has started, and out again while it drains.
public final class HealthMonitor: Sendable {
    public let service: String
    public let version: String
    private let checks: [HealthCheck]
    private let world: World
    private let diskPath: String?
    private let startedAt: Duration
    private let inService: Mutex<Bool>

    /// - Parameters:
    ///   - checks: at most 64 are run.
    ///   - diskPath: where the service keeps its data; the report then tells how full that disk is.
    public init(
        service: String, version: String, checks: [HealthCheck] = [], world: World, diskPath: String? = nil,
        isInService: Bool = false
    ) {
        self.service = service
        self.version = version
        self.checks = Array(checks.prefix(64))
        self.world = world
        self.diskPath = diskPath
        startedAt = world.time.uptime
        inService = Mutex(isInService)
    }

    /// Whether the service takes work; false while it starts, drains or is stopped for a drill.
    public var isInService: Bool { inService.withLock { $0 } }

    /// Takes the service in or out; in effect for the next report.
    public func setInService(_ value: Bool) { inService.withLock { $0 = value } }

    /// Whether the process lives (`/health/live`): always healthy, since it could be asked. Runs no check.
    public func live() -> HealthReport { report(.healthy, checks: [], resources: nil) }

    /// Whether work should be sent here (`/health/ready`): runs the checks unless it is out of service.
    public func ready() async -> HealthReport {
        guard isInService else { return report(.outOfService, checks: [], resources: nil) }
        let results = await runChecks()
        return report(HealthReport.status(of: results), checks: results, resources: nil)
    }

    /// Everything (`/health`): the checks, also while out of service, and CPU, memory and disk.
    public func report() async -> HealthReport {
        let results = await runChecks()
        let status = isInService ? HealthReport.status(of: results) : .outOfService
        return report(status, checks: results, resources: ResourceUsage.read(diskPath: diskPath))
    }

    private func report(
        _ status: HealthStatus, checks: [HealthReport.Check], resources: ResourceUsage?
    ) -> HealthReport {
        HealthReport(
            status: status, service: service, version: version, uptime: world.time.uptime - startedAt,
            timestamp: world.now, checks: checks, resources: resources)
    }

    private func runChecks() async -> [HealthReport.Check] {
        let world = world
        return await withTaskGroup(of: (Int, HealthReport.Check).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await Self.run(check, world)) }
            }
            var results: [(Int, HealthReport.Check)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func run(_ check: HealthCheck, _ world: World) async -> HealthReport.Check {
        let began = world.time.uptime
        let result = await withTaskGroup(of: HealthResult?.self) { group in
            group.addTask { await check.check() }
            group.addTask {
                do {
                    try await world.time.sleep(for: check.timeout)
                    return .unhealthy("no answer within \(check.timeout.milliseconds) ms")
                } catch {
                    // Cancelled: the check was faster.
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .unhealthy("cancelled")
        }
        return HealthReport.Check(
            name: check.name, isCritical: check.isCritical, status: result.status,
            responseTime: world.time.uptime - began,
            error: result.error.map { Redaction.text($0, bytesMax: 512) })
    }
}
