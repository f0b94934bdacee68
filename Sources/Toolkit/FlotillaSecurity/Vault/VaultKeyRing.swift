internal import Crypto
public import FlotillaCore

/// The master keys of a ``Vault``: one that seals, and those before it, which still open.
///
/// In a file it is one key a line, `<id>:<base 64 of 32 bytes>`, the newest last; lines that begin with `#` are
/// comments. The ID is a prefix of the key's SHA-256, so a damaged line is noticed when it is read.
public struct VaultKeyRing: Sendable, CustomStringConvertible {
    /// The most keys a ring has. Re-seal what old keys protect before you drop them.
    public static let keysMax = 32

    struct Key: Sendable {
        let id: String
        let symmetric: SymmetricKey

        init(_ bytes: [UInt8]) {
            id = SHA256.hash(data: bytes).prefix(VaultKeyRing.idBytes).map(hexPair).joined()
            symmetric = SymmetricKey(data: bytes)
        }
    }

    static let idBytes = 4
    private static let keyBytes = 32

    /// Oldest first; never empty.
    private(set) var keys: [Key]

    private init(keys: [Key]) { self.keys = keys }

    /// A ring with one new key.
    public init(newFrom random: any RandomSource) { self.init(keys: [Key(random.bytes(Self.keyBytes))]) }

    /// Reads the text form.
    ///
    /// - Throws: ``ServiceError`` `vault-keys` naming the line that is wrong.
    public init(text: Secret) throws {
        var keys: [Key] = []
        let lines = text.exposed.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 2, let bytes = Base64.decode(fields[1].utf8, .standard),
                bytes.count == Self.keyBytes, case let key = Key(bytes), key.id == fields[0],
                !keys.contains(where: { $0.id == key.id })
            else {
                throw ServiceError(
                    .internal, "vault-keys",
                    "Line \(index + 1) of the vault's keys is not `<id>:<base 64 of 32 bytes>` or repeats a key; "
                        + "restore the file from a backup.")
            }
            keys.append(key)
        }
        guard (1...Self.keysMax).contains(keys.count) else {
            throw ServiceError(
                .internal, "vault-keys", "A vault has 1 to \(Self.keysMax) keys; these are \(keys.count).")
        }
        self.init(keys: keys)
    }

    /// The keys themselves, as text to store.
    public var text: Secret {
        Secret(
            keys.map { key in "\(key.id):\(key.symmetric.withUnsafeBytes { Base64.encode($0, .standard) })\n" }
                .joined())
    }

    /// The same ring with a new key, which seals from now on.
    ///
    /// - Throws: ``ServiceError`` `vault-keys` when the ring is full.
    public func rotated(from random: any RandomSource) throws -> VaultKeyRing {
        guard keys.count < Self.keysMax else {
            throw ServiceError(
                .internal, "vault-keys",
                "The vault already has \(Self.keysMax) keys; re-seal its values and drop the oldest keys first.")
        }
        return VaultKeyRing(keys: keys + [Key(random.bytes(Self.keyBytes))])
    }

    /// The ID of the key that seals now.
    public var currentID: String { keys[keys.count - 1].id }

    /// The IDs of all keys, oldest first.
    public var ids: [String] { keys.map(\.id) }

    var current: Key { keys[keys.count - 1] }

    func key(_ id: String) -> Key? { keys.first { $0.id == id } }

    /// Shows the keys' names only.
    public var description: String { "VaultKeyRing(\(ids.joined(separator: ", ")))" }
}

extension VaultKeyRing {
    /// Reads the ring at `path`, or makes one and stores it there with mode 0600.
    ///
    /// - Throws: ``ServiceError`` `key-file` when the file cannot be read or written, or others may read it.
    public static func loadOrCreate(at path: String, random: any RandomSource) throws -> VaultKeyRing {
        if let ring = try load(from: path) { return ring }
        let ring = VaultKeyRing(newFrom: random)
        if try SecretFile.create(path, Array(ring.text.exposed.utf8)) { return ring }
        guard let other = try load(from: path) else {
            throw ServiceError(.internal, "key-file", "The key file \(path) appeared and vanished; start again.")
        }
        return other
    }

    /// The ring at `path`; nil when there is no file.
    public static func load(from path: String) throws -> VaultKeyRing? {
        try SecretFile.read(path).map { try VaultKeyRing(text: Secret(String(decoding: $0, as: UTF8.self))) }
    }

    /// Puts this ring in the place of the one at `path`, atomically, with mode 0600.
    public func save(to path: String) throws { try SecretFile.replace(path, Array(text.exposed.utf8)) }
}

private func hexPair(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.utf8.count == 1 ? "0" + text : text
}
