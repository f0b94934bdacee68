public import FlotillaCore

/// Where instances make themselves known and callers find them (service registry; Richardson, "Microservices
/// Patterns", self-registration with client-side discovery).
///
/// An instance registers for a time (its TTL) and stays known as long as its heartbeats come in time; one that died
/// is forgotten by itself. ``Announcement`` does that for an instance, ``LoadBalancer`` follows it for a caller.
///
/// Safe to share between tasks. What goes wrong is thrown as ``DirectoryError``, besides `CancellationError`.
public protocol InstanceDirectory: Sendable {
    /// Makes an instance known, as new and not draining; whatever was known under its ID is replaced.
    ///
    /// - Parameter ttl: how long it is known without a heartbeat, ``DirectoryLimits/ttl``.
    /// - Throws: ``DirectoryError/invalid(_:)``, ``DirectoryError/full(instancesMax:)``.
    func register(_ instance: Instance, ttl: Duration) async throws

    /// Makes a known instance known for another TTL.
    ///
    /// - Throws: ``DirectoryError/unknown(_:)`` when it has expired or left: it has to register again.
    func heartbeat(_ id: InstanceID) async throws

    /// Tells callers to give a known instance nothing new, before it leaves.
    ///
    /// - Throws: ``DirectoryError/unknown(_:)``.
    func drain(_ id: InstanceID) async throws

    /// Takes an instance out. Nothing happens when it is not known.
    func deregister(_ id: InstanceID) async throws

    /// The instances of a service that are known now; empty for a service nobody has heard of.
    func instances(of service: String) async throws -> InstanceList

    /// The instances of a service as soon as their version is another than `version`, at the latest when `limit` is
    /// over. An expiry is a change like any other.
    func instances(of service: String, after version: UInt64, within limit: Duration) async throws -> InstanceList
}

/// What every directory bounds alike.
public enum DirectoryLimits {
    /// How long an instance may ask to be known without a heartbeat.
    public static let ttl: ClosedRange<Duration> = .milliseconds(100) ... .seconds(600)
    /// Instances of all services together.
    public static let instancesMax = 4_096
    /// Callers that wait for changes at a time, in one process.
    public static let watchersMax = 4_096

    /// Whether an instance may be registered.
    ///
    /// - Throws: ``DirectoryError/invalid(_:)`` with everything that is wrong.
    public static func check(_ instance: Instance, ttl: Duration) throws(DirectoryError) {
        var problems = PolicyProblems()
        problems.require(Self.ttl, ttl, "ttl")
        let all = instance.problems() + problems.list
        guard all.isEmpty else { throw .invalid(all) }
    }
}

/// Why a directory did not do what it was asked for.
public enum DirectoryError: DescribedError, Hashable, CustomStringConvertible {
    /// The instance cannot be registered as it is; with what is wrong and what is allowed.
    case invalid([String])
    /// No such instance is known.
    case unknown(InstanceID)
    /// There are too many instances.
    case full(instancesMax: Int)
    /// Too many wait for changes.
    case busy(watchersMax: Int)
    /// The directory cannot be reached; with the reason.
    case unavailable(String)

    /// The kind a caller can act on.
    public var kind: ErrorKind {
        switch self {
        case .invalid: .invalid
        case .unknown: .notFound
        case .full, .busy, .unavailable: .unavailable
        }
    }

    /// Stable, for machines.
    public var slug: String {
        switch self {
        case .invalid: "instance-invalid"
        case .unknown: "instance-unknown"
        case .full: "directory-full"
        case .busy: "directory-busy"
        case .unavailable: "directory-unavailable"
        }
    }

    /// What happened, and what to do.
    public var detail: String {
        switch self {
        case .invalid(let problems): "The instance cannot be registered: \(problems.joined(separator: "; "))."
        case .unknown(let id):
            "The directory does not know the instance \(id): it left or its heartbeats were late. Register it again."
        case .full(let most):
            "The directory holds \(most) instances, which is all it takes. Deregister those that are gone."
        case .busy(let most): "\(most) callers wait for changes of the directory already; ask for the list instead."
        case .unavailable(let reason): "The directory of instances cannot be reached: \(reason). Try again shortly."
        }
    }

    /// The slug and the detail, for logs.
    public var description: String { "\(slug): \(detail)" }
}
