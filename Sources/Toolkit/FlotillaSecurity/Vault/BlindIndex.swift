internal import Crypto
public import FlotillaCore

/// Makes sealed values findable: HMAC-SHA-256 of a value under a secret key.
///
/// Equal values have equal indexes, so a unique column and a look-up work; without the key nobody can test guesses
/// against a stolen table. The key is not rotated with the vault's: indexes would no longer match.
public struct BlindIndex: Sendable, CustomStringConvertible {
    private let key: SymmetricKey

    /// - Parameter key: 32 bytes.
    public init(key: [UInt8]) {
        precondition(key.count == 32, "the key of a blind index has 32 bytes")
        self.key = SymmetricKey(data: key)
    }

    /// The index of `value`: 32 bytes.
    ///
    /// - Parameter purpose: keeps indexes of different columns apart, such as `users/email`.
    public func index(_ value: String, purpose: String) -> [UInt8] {
        // The length in front keeps (purpose, value) pairs apart that read the same when joined.
        let message = Array("\(purpose.utf8.count):\(purpose)".utf8) + Array(value.utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    /// Reads the key at `path`, or makes one and stores it there with mode 0600.
    ///
    /// - Throws: ``ServiceError`` `key-file`; `index-key` when the content is no key.
    public static func loadOrCreate(at path: String, random: any RandomSource) throws -> BlindIndex {
        if let index = try load(from: path) { return index }
        let key = random.bytes(32)
        if try SecretFile.create(path, Array((Base64.encode(key, .standard) + "\n").utf8)) {
            return BlindIndex(key: key)
        }
        guard let other = try load(from: path) else {
            throw ServiceError(.internal, "key-file", "The key file \(path) appeared and vanished; start again.")
        }
        return other
    }

    private static func load(from path: String) throws -> BlindIndex? {
        guard let bytes = try SecretFile.read(path) else { return nil }
        let line = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        guard let key = Base64.decode(line, .standard), key.count == 32 else {
            throw ServiceError(
                .internal, "index-key",
                "The file \(path) does not hold 32 bytes in base 64; restore it from a backup.")
        }
        return BlindIndex(key: key)
    }

    public var description: String { "BlindIndex" }
}
