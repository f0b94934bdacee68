internal import Crypto
internal import JWTKit

/// A public key together with the one algorithm it is used with.
struct VerificationKey: Sendable {
    private enum Key: Sendable {
        case rsa(any JWTAlgorithm)
        case p256(P256.Signing.PublicKey)
    }

    let algorithm: TokenAlgorithm
    private let key: Key

    /// An RSA key, for RS256.
    ///
    /// - Parameters:
    ///   - modulus: base64url, as `exponent`.
    /// - Throws: when they are no numbers, or the key has fewer than 2048 bits.
    init(modulus: String, exponent: String) async throws {
        let identifier = JWKIdentifier(string: "key")
        let collection = JWTKeyCollection()
        try await collection.add(jwk: .rsa(.rs256, identifier: identifier, modulus: modulus, exponent: exponent))
        key = .rsa(try await collection.getKey(for: identifier))
        algorithm = .rs256
    }

    /// A key on the curve P-256, for ES256.
    ///
    /// - Parameters:
    ///   - x: base64url of 32 bytes, as `y` (RFC 7518, section 6.2.1).
    /// - Throws: when that is no point of the curve.
    init(x: String, y: String) throws {
        guard let x = Base64.decode(x.utf8), let y = Base64.decode(y.utf8), x.count == 32, y.count == 32 else {
            throw CryptoKitError.incorrectParameterSize
        }
        key = .p256(try P256.Signing.PublicKey(x963Representation: [4] + x + y))
        algorithm = .es256
    }

    /// Whether that is the signature of these bytes by this key's algorithm.
    func isSignature(_ signature: [UInt8], of bytes: [UInt8]) throws -> Bool {
        switch key {
        case .rsa(let key): return try key.verify(signature, signs: bytes)
        case .p256(let key):
            // Two numbers of 32 bytes (RFC 7518, section 3.4); anything else is no signature.
            guard signature.count == 64 else { return false }
            return key.isValidSignature(try P256.Signing.ECDSASignature(rawRepresentation: signature), for: bytes)
        }
    }
}
