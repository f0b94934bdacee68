public import FlotillaCore

/// A key set as it was published last, with when that was; kept in a file for the time when its issuer is away.
///
/// The keys are public, but whoever could change the file could sign tokens: it is readable and writable by its owner
/// only, and one that others may touch is not used. It is written whole or not at all.
public struct KeptKeys: Sendable, Hashable {
    private static let format = "flotilla-keys 1"

    /// The set as it came, RFC 7517.
    public let json: [UInt8]
    /// Whose it is.
    public let issuer: String
    /// When the issuer said so.
    public let confirmedAt: Timestamp

    /// A set that was published just now.
    ///
    /// - Throws: ``ServiceError`` `key-set` when it is none.
    public init(json: [UInt8], issuer: String, confirmedAt: Timestamp) async throws {
        _ = try await VerificationKeys(jwks: json)
        self.init(checked: json, issuer, confirmedAt)
    }

    private init(checked json: [UInt8], _ issuer: String, _ confirmedAt: Timestamp) {
        (self.json, self.issuer, self.confirmedAt) = (json, issuer, confirmedAt)
    }

    /// What was kept in a file; nil when there is none, or one of another issuer.
    ///
    /// - Throws: ``ServiceError`` `key-file` when it cannot be read, is none of these, or others than its owner may
    ///   touch it.
    public static func read(_ path: String, issuer: String) throws -> KeptKeys? {
        guard let bytes = try SecretFile.read(path) else { return nil }
        let parts = bytes.split(separator: 10, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, String(decoding: parts[0], as: UTF8.self) == format,
            let confirmedAt = Timestamp(String(decoding: parts[1], as: UTF8.self))
        else {
            throw ServiceError(
                .internal, "key-file", "\(path) is not a kept key set; remove it, and it is written anew.")
        }
        guard String(decoding: parts[2], as: UTF8.self) == issuer else { return nil }
        return KeptKeys(checked: Array(parts[3]), issuer, confirmedAt)
    }

    /// Puts it in the place of what the file had, atomically.
    ///
    /// - Throws: ``ServiceError`` `key-file`.
    public func write(to path: String) throws {
        try SecretFile.replace(path, Array("\(Self.format)\n\(confirmedAt)\n\(issuer)\n".utf8) + json)
    }
}
