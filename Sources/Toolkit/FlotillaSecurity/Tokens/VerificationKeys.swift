internal import FlotillaCore
internal import JWTKit

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
    private let algorithms: [String: any JWTAlgorithm]

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
        var algorithms: [String: any JWTAlgorithm] = [:]
        for key in set.keys {
            guard key.kty == "RSA", key.use ?? "sig" == "sig", key.alg ?? "RS256" == "RS256", let kid = key.kid,
                let modulus = key.n, let exponent = key.e, algorithms[kid] == nil
            else { continue }
            let identifier = JWKIdentifier(string: kid)
            let collection = JWTKeyCollection()
            do {
                try await collection.add(
                    jwk: .rsa(.rs256, identifier: identifier, modulus: modulus, exponent: exponent))
                algorithms[kid] = try await collection.getKey(for: identifier)
            } catch {
                // Not a number, or fewer than 2048 bits: a key nobody should trust. Its tokens end as "unknown key".
                continue
            }
        }
        self.json = json
        self.algorithms = algorithms
    }

    subscript(keyID: String) -> (any JWTAlgorithm)? { algorithms[keyID] }

    private struct Published: Decodable {
        struct Key: Decodable {
            var kty: String
            var use: String?
            var alg: String?
            var kid: String?
            var n: String?
            var e: String?
        }
        var keys: [Key]
    }
}
