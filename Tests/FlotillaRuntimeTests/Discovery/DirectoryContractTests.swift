internal import FlotillaCore
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaTesting
internal import Testing

@Suite("Directories keep the directory contract") struct DirectoryContractTests {
    @Test("in one process", arguments: DirectoryContract.cases)
    func inProcess(_ promise: ContractCase<DirectoryEngine>) async throws { try await promise.check(.inProcess) }

    @Test("shared by the processes of one machine", arguments: DirectoryContract.cases)
    func shared(_ promise: ContractCase<DirectoryEngine>) async throws { try await promise.check(.shared) }
}

@Suite("The directory in a file") struct SharedDirectoryTests {
    private let time = ManualTime()
    private let folder: TemporaryFolder
    private var path: String { folder.path(of: "instances.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func open(_ time: (any TimeSource)? = nil) throws -> SharedDirectory {
        try SharedDirectory(path: path, world: World(time: time ?? self.time, random: SeededRandom(seed: 1)))
    }

    private func instance(_ id: String) -> Instance {
        Instance(id: InstanceID(unchecked: id), service: "orders", address: "host:\(id)")
    }

    private func ids(_ directory: SharedDirectory) async throws -> [String] {
        try await directory.instances(of: "orders").records.map(\.instance.id.text)
    }

    @Test("instances outlive the process that told of them, for their TTL")
    func survives() async throws {
        let first = try open()
        try await first.register(instance("a"), ttl: .seconds(15))
        first.close()
        let second = try open()
        #expect(try await ids(second) == ["a"])
        time.advance(by: .seconds(15))
        #expect(try await ids(second) == [])
        try await second.register(instance("b"), ttl: .seconds(15))
        #expect(try await ids(second) == ["b"], "and its row is gone")
        await #expect(throws: DirectoryError.unknown(InstanceID(unchecked: "a"))) {
            try await second.heartbeat(InstanceID(unchecked: "a"))
        }
    }

    @Test("a wall clock that is set back keeps the dead no longer than a TTL after the next write")
    func clockSetBack() async throws {
        let before = try open()
        try await before.register(instance("dead"), ttl: .seconds(15))
        let earlier = ManualTime(epoch: time.now - .seconds(3_600))
        let after = try open(earlier)
        try await after.register(instance("alive"), ttl: .seconds(600))
        #expect(try await ids(after) == ["alive", "dead"])
        earlier.advance(by: .seconds(15))
        #expect(try await ids(after) == ["alive"])
    }

    @Test("a closed file is told as unavailable")
    func closed() async throws {
        let directory = try open()
        directory.close()
        let refusal = await #expect(throws: DirectoryError.self) {
            try await directory.register(instance("a"), ttl: .seconds(15))
        }
        #expect(refusal?.kind == .unavailable)
        #expect(refusal?.slug == "directory-unavailable")
        let other = await #expect(throws: DirectoryError.self) { try await directory.instances(of: "orders") }
        #expect(other?.kind == .unavailable)
    }

    @Test("any number of openings at once agree on the tables, and any number of writers on the rows")
    func atOnce() async throws {
        let directories = try await withThrowingTaskGroup(of: SharedDirectory.self) { group in
            for _ in 0..<6 { group.addTask { try self.open() } }
            var all: [SharedDirectory] = []
            for try await directory in group { all.append(directory) }
            return all
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, directory) in directories.enumerated() {
                group.addTask {
                    for row in 0..<5 {
                        let instance = self.instance("i-\(number)-\(row)")
                        try await directory.register(instance, ttl: .seconds(15))
                        try await directory.heartbeat(instance.id)
                    }
                }
            }
            try await group.waitForAll()
        }
        for directory in directories { #expect(try await ids(directory).count == 30) }
    }
}
