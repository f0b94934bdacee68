/// Where the public keys of the token issuer come from: its `/.well-known/jwks.json`, or a value in the same process.
public protocol JWKSSource: Sendable {
    /// The key set as JSON (RFC 7517), at most 64 KiB.
    ///
    /// Called rarely: at the first token, when a token names an unknown key, and once an hour. The source bounds how
    /// long this takes; calls that wait for keys wait as long.
    /// - Throws: when the keys cannot be had now; tokens are then answered with 503, or checked with the keys known.
    func jwks() async throws -> [UInt8]

    /// The key set, and whether the issuer says so now.
    ///
    /// - Parameter isUrgent: whether a token names a key that was not in the set given last. Otherwise a source
    ///   that knows its issuer to be away answers at once with the last set.
    /// - Throws: as ``jwks()``.
    func keys(isUrgent: Bool) async throws -> IssuedKeys
}

extension JWKSSource {
    /// What ``jwks()`` says now.
    public func keys(isUrgent: Bool) async throws -> IssuedKeys { IssuedKeys(json: try await jwks()) }
}

/// A key set as a source has it.
public struct IssuedKeys: Sendable, Hashable {
    /// A larger set is refused.
    public static let bytesMax = 64 * 1024

    /// RFC 7517.
    public var json: [UInt8]
    /// False for what the issuer said last, while it cannot be asked: asked for again soon, and no proof that a key
    /// does not exist.
    public var isCurrent: Bool

    /// What the issuer says now, unless told otherwise.
    public init(json: [UInt8], isCurrent: Bool = true) {
        self.json = json
        self.isCurrent = isCurrent
    }
}

/// Keys that are known beforehand.
public struct StaticJWKS: JWKSSource {
    private let json: [UInt8]

    public init(_ json: [UInt8]) { self.json = json }

    public func jwks() async throws -> [UInt8] { json }
}
