internal import FlotillaCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The public keys of an issuer at one moment, by name.
struct VerificationKeys: Sendable {
    static let bytesMax = IssuedKeys.bytesMax
    static let keysMax = 32

    /// What the keys were read from: to see whether a later answer differs.
    let json: [UInt8]
    private let keys: [String: VerificationKey]

    /// Reads a key set (RFC 7517). Keys of other kinds, other uses and too few bits are left out, as section 5 asks.
    ///
    /// - Throws: ``ServiceError`` `key-set` when it is too large or no key set.
    init(jwks json: [UInt8]) async throws {
        guard json.count <= Self.bytesMax else {
            throw ServiceError(.unavailable, "key-set", "The key set has more than \(Self.bytesMax) bytes.")
        }
        let set: Published
        do {
            set = try JSONDecoder().decode(Published.self, from: Data(json))
        } catch {
            throw ServiceError(.unavailable, "key-set", "The answer of the key source is not a JSON Web Key Set.")
        }
        guard set.keys.count <= Self.keysMax else {
            throw ServiceError(.unavailable, "key-set", "The key set has more than \(Self.keysMax) keys.")
        }
        var keys: [String: VerificationKey] = [:]
        for published in set.keys {
            guard let kid = published.kid, published.use ?? "sig" == "sig", keys[kid] == nil else { continue }
            do {
                keys[kid] = try await Self.key(published)
            } catch {
                // Not a number, no point of the curve, or fewer than 2048 bits: a key nobody should trust. Its
                // tokens end as "unknown key".
                continue
            }
        }
        self.json = json
        self.keys = keys
    }

    /// The key, with the algorithm that its type has here; nil when it is meant for another.
    private static func key(_ published: Published.Key) async throws -> VerificationKey? {
        switch (published.kty, published.alg ?? "", published.crv) {
        case ("RSA", "", _), ("RSA", TokenAlgorithm.rs256.rawValue, _):
            guard let modulus = published.n, let exponent = published.e else { return nil }
            return try await VerificationKey(modulus: modulus, exponent: exponent)
        case ("EC", "", "P-256"), ("EC", TokenAlgorithm.es256.rawValue, "P-256"):
            guard let x = published.x, let y = published.y else { return nil }
            return try VerificationKey(x: x, y: y)
        default: return nil
        }
    }

    subscript(keyID: String) -> VerificationKey? { keys[keyID] }

    private struct Published: Decodable {
        struct Key: Decodable {
            var kty: String
            var use: String?
            var alg: String?
            var kid: String?
            var n: String?
            var e: String?
            var crv: String?
            var x: String?
            var y: String?
        }
        var keys: [Key]
    }
}
