public import FlotillaCore

/// The identifier of one running instance of a service; unique among all services, new with every start.
public struct InstanceID: TypedID {
    /// The identifier as text.
    public let text: String

    /// Takes the text as it is; for IDs this system made itself.
    public init(unchecked text: String) { self.text = text }
}

/// One running instance of a service: where it is and what a caller has to know to choose it. Plain data.
public struct Instance: Sendable, Hashable {
    /// The weight of an ordinary instance.
    public static let ordinaryWeight = 100

    /// Which one it is.
    public var id: InstanceID
    /// What it is an instance of: `orders`; 1 to 64 bytes.
    public var service: String
    /// Where calls go, in the words of whoever makes them: `127.0.0.1:9000`; 1 to 256 bytes.
    public var address: String
    /// What it shares its fate with: a machine, a rack, a data centre; nil, or 1 to 64 bytes.
    public var zone: String?
    /// How much of the load it takes beside others, 1 to 1,000; 100 is ordinary.
    public var weight: Int
    /// What else callers want to know, such as its version: up to 16 entries, keys of 1 to 64 bytes, values up to 256.
    public var metadata: [String: String]

    /// An instance of ordinary weight in no zone, unless told otherwise.
    public init(
        id: InstanceID, service: String, address: String, zone: String? = nil, weight: Int = Instance.ordinaryWeight,
        metadata: [String: String] = [:]
    ) {
        self.id = id
        self.service = service
        self.address = address
        self.zone = zone
        self.weight = weight
        self.metadata = metadata
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        if InstanceID(id.text) == nil { problems.add("id is not 1 to 64 characters of A–Z a–z 0–9 - _") }
        problems.require(1...64, service.utf8.count, "service (bytes)")
        problems.require(1...256, address.utf8.count, "address (bytes)")
        if let zone { problems.require(1...64, zone.utf8.count, "zone (bytes)") }
        problems.require(1...1_000, weight, "weight")
        problems.require(0...16, metadata.count, "metadata (entries)")
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            problems.require(1...64, key.utf8.count, "metadata key \(key.prefix(64)) (bytes)")
            problems.require(0...256, value.utf8.count, "metadata \(key.prefix(64)) (bytes)")
        }
        return problems.list
    }
}

/// An instance as a directory knows it.
public struct InstanceRecord: Sendable, Hashable {
    /// Which one.
    public var instance: Instance
    /// Whether it is about to leave: it finishes what it has and wants no new calls.
    public var isDraining: Bool
    /// When this incarnation registered, on the directory's wall clock.
    public var registeredAt: Timestamp

    /// A record as read from a directory.
    public init(instance: Instance, isDraining: Bool = false, registeredAt: Timestamp) {
        self.instance = instance
        self.isDraining = isDraining
        self.registeredAt = registeredAt
    }
}

/// The instances of a service at one moment.
public struct InstanceList: Sendable, Hashable {
    /// Whose instances these are.
    public let service: String
    /// Those that have not expired, sorted by ID.
    public let records: [InstanceRecord]
    /// Tells lists apart: the same for the same records in every process, and another for others. Heartbeats do not
    /// change it. Never 0, so that 0 can stand for "nothing seen yet".
    public let version: UInt64

    /// A list with its version; the records may come in any order.
    public init(service: String, records: [InstanceRecord]) {
        self.service = service
        self.records = records.sorted { $0.instance.id < $1.instance.id }
        var hash = StableHash()
        for record in self.records { record.combine(into: &hash) }
        version = max(1, hash.value)
    }
}

extension InstanceRecord {
    fileprivate func combine(into hash: inout StableHash) {
        // Every text ends with a byte that UTF-8 does not have, so that no two records read alike.
        for text in [instance.id.text, instance.address, instance.zone ?? "", "\(instance.weight)"] {
            hash.combine(text.utf8)
            hash.combine(0xFF)
        }
        for (key, value) in instance.metadata.sorted(by: { $0.key < $1.key }) {
            hash.combine(key.utf8)
            hash.combine(0xFF)
            hash.combine(value.utf8)
            hash.combine(0xFF)
        }
        hash.combine(instance.zone == nil ? 0 : 1)
        hash.combine(isDraining ? 1 : 0)
        withUnsafeBytes(of: registeredAt.microseconds.littleEndian) { hash.combine($0) }
        hash.combine(0xFE)
    }
}
