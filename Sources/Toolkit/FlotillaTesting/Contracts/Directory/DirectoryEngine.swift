public import FlotillaCore
public import FlotillaResilience
internal import FlotillaRuntime
internal import Testing

/// A way to make directories of instances, for ``DirectoryContract``.
public struct DirectoryEngine: Sendable {
    /// What it is called in messages.
    public let name: String
    /// Makes two that share one table on a clock: two processes, or one and the same.
    let make: @Sendable (World) throws -> (any InstanceDirectory, any InstanceDirectory)

    /// - Parameter make: two directories without instances that share one table.
    public init(
        name: String, make: @escaping @Sendable (World) throws -> (any InstanceDirectory, any InstanceDirectory)
    ) {
        self.name = name
        self.make = make
    }

    /// The directory of one process.
    public static let inProcess = DirectoryEngine(name: "in process") { world in
        let directory = InProcessDirectory(time: world.time)
        return (directory, directory)
    }

    /// The directory of the processes of one machine, opened twice.
    public static let shared = DirectoryEngine(name: "shared file") { world in
        let folder = try TemporaryFolder()
        let path = folder.path(of: "instances.sqlite")
        return (
            HeldDirectory(try SharedDirectory(path: path, world: world), folder),
            HeldDirectory(try SharedDirectory(path: path, world: world), folder)
        )
    }
}

/// A directory with the folder its file is in, which is removed when nobody holds it any more.
private struct HeldDirectory: InstanceDirectory {
    private let directory: SharedDirectory
    private let folder: TemporaryFolder

    init(_ directory: SharedDirectory, _ folder: TemporaryFolder) {
        self.directory = directory
        self.folder = folder
    }

    func register(_ instance: Instance, ttl: Duration) async throws { try await directory.register(instance, ttl: ttl) }
    func heartbeat(_ id: InstanceID) async throws { try await directory.heartbeat(id) }
    func drain(_ id: InstanceID) async throws { try await directory.drain(id) }
    func deregister(_ id: InstanceID) async throws { try await directory.deregister(id) }
    func instances(of service: String) async throws -> InstanceList { try await directory.instances(of: service) }

    func instances(of service: String, after version: UInt64, within limit: Duration) async throws -> InstanceList {
        try await directory.instances(of: service, after: version, within: limit)
    }
}

/// What a case of the contract plays on: two directories on one table, and their clock.
struct DirectoryStage: Sendable {
    let time = ManualTime()
    let here: any InstanceDirectory
    let there: any InstanceDirectory

    init(_ engine: DirectoryEngine) throws { (here, there) = try engine.make(World.manual(time)) }

    func ids(of service: String = "orders") async throws -> [String] {
        try await there.instances(of: service).records.map(\.instance.id.text)
    }

    /// The version that both see.
    func version() async throws -> UInt64 {
        let seen = try await here.instances(of: "orders").version
        let elsewhere = try await there.instances(of: "orders").version
        #expect(seen == elsewhere)
        return seen
    }
}

extension Instance {
    /// An instance of the usual service.
    static func probe(_ id: String, service: String = "orders", address: String = "host:1") -> Instance {
        Instance(id: InstanceID(unchecked: id), service: service, address: address)
    }
}
