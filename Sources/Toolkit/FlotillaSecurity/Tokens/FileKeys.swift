internal import FlotillaCore

/// The key set in a file (RFC 7517), read anew whenever keys are asked for.
///
/// The keys are public, but whoever can change the file can sign tokens: one that others than its owner may write is
/// not used.
public struct FileKeys: JWKSSource {
    private let path: String

    /// - Parameter path: of a file of at most 64 KiB.
    public init(_ path: String) { self.path = path }

    public func jwks() async throws -> [UInt8] {
        guard let json = try SecretFile.read(path, forbidden: 0o022) else {
            throw ServiceError(.unavailable, "key-file", "There is no key file \(path).")
        }
        return json
    }
}
