internal import Crypto
internal import CryptoExtras
internal import FlotillaCore

@testable internal import FlotillaSecurity

/// Signs what no issuer of ours would: tokens with any header and any claims.
enum RS256 {
    static func sign(_ bytes: [UInt8], with key: SigningKey) throws -> [UInt8] {
        let rsa = try _RSA.Signing.PrivateKey(pemRepresentation: key.pem.exposed)
        return Array(try rsa.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    /// HMAC with the public key's PEM as the secret: the confusion of algorithms of RFC 8725, section 2.1.
    static func hmac(_ bytes: [UInt8], withPublicHalfOf key: SigningKey) throws -> [UInt8] {
        let rsa = try _RSA.Signing.PrivateKey(pemRepresentation: key.pem.exposed)
        let secret = SymmetricKey(data: Array(rsa.publicKey.pemRepresentation.utf8))
        return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: secret))
    }
}
