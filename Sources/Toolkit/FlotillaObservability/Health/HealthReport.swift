public import FlotillaCore

/// How a service is, with the reasons: the answer of `/health` and `/health/ready`.
public struct HealthReport: Sendable {
    /// The outcome of one check.
    public struct Check: Sendable, Hashable {
        public var name: String
        public var isCritical: Bool
        public var status: HealthStatus
        public var responseTime: Duration
        public var error: String?

        public init(
            name: String, isCritical: Bool, status: HealthStatus, responseTime: Duration, error: String? = nil
        ) {
            self.name = name
            self.isCritical = isCritical
            self.status = status
            self.responseTime = responseTime
            self.error = error
        }
    }

    public var status: HealthStatus
    public var service: String
    public var version: String
    public var uptime: Duration
    public var timestamp: Timestamp
    /// In the order the service declared them.
    public var checks: [Check]
    /// CPU, memory and disk; nil in the short form.
    public var resources: ResourceUsage?

    public init(
        status: HealthStatus, service: String, version: String, uptime: Duration, timestamp: Timestamp,
        checks: [Check] = [], resources: ResourceUsage? = nil
    ) {
        self.status = status
        self.service = service
        self.version = version
        self.uptime = uptime
        self.timestamp = timestamp
        self.checks = checks
        self.resources = resources
    }

    /// 200 or 503.
    public var httpStatus: Int { status.httpStatus }

    /// What the checks say together: a critical one decides as it is, another can only degrade.
    public static func status(of checks: [Check]) -> HealthStatus {
        checks.map { $0.isCritical ? min($0.status, .unhealthy) : min($0.status, .degraded) }.max() ?? .healthy
    }

    /// The report as JSON: `{status, service, version, uptimeSeconds, timestamp, checks: [{name, status, critical,
    /// responseTimeMs, error}], cpu: {…}, memory: {…}, disk: {…}}`.
    public func json() -> [UInt8] {
        var json = JSONText()
        json.open()
        json.member("status", status.rawValue)
        json.member("service", service)
        json.member("version", version)
        json.member("uptimeSeconds", Int(uptime.components.seconds))
        json.member("timestamp", timestamp.description)
        json.key("checks")
        json.open("[")
        for check in checks {
            json.open()
            json.member("name", check.name)
            json.member("status", check.status.rawValue)
            json.member("critical", check.isCritical)
            json.member("responseTimeMs", Double(check.responseTime.microseconds) / 1_000)
            if let error = check.error { json.member("error", error) }
            json.close()
        }
        json.close("]")
        resources?.write(to: &json)
        json.close()
        return json.bytes
    }
}
