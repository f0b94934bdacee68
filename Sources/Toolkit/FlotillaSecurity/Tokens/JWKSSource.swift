/// Where the public keys of the token issuer come from: its `/.well-known/jwks.json`, or a value in the same process.
public protocol JWKSSource: Sendable {
    /// The key set as JSON (RFC 7517), at most 64 KiB.
    ///
    /// Called rarely: at the first token, when a token names an unknown key, and once an hour. The source bounds how
    /// long this takes; calls that wait for keys wait as long.
    /// - Throws: when the keys cannot be had now; tokens are then answered with 503, or checked with the keys known.
    func jwks() async throws -> [UInt8]
}

/// Keys that are known beforehand.
public struct StaticJWKS: JWKSSource {
    private let json: [UInt8]

    public init(_ json: [UInt8]) { self.json = json }

    public func jwks() async throws -> [UInt8] { json }
}
