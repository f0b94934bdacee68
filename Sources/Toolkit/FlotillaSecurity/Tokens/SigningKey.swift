internal import Crypto
internal import CryptoExtras
public import FlotillaCore
internal import JWTKit

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A private RSA key that signs tokens (RS256), 2048 bits or more.
///
/// A value; its description does not show the key.
public struct SigningKey: Sendable, CustomStringConvertible {
    /// The key's name in tokens and key sets: the thumbprint of its public half (RFC 7638), so that the same key has
    /// the same name wherever it is loaded.
    public let id: String

    let rsa: JWTKit.Insecure.RSA.PrivateKey
    let modulus: String
    let exponent: String

    /// Reads a key in PEM, PKCS #1 or PKCS #8.
    ///
    /// - Throws: ``ServiceError`` `signing-key` when it is no private RSA key or has fewer than 2048 bits.
    public init(pem: Secret) throws {
        do {
            try self.init(JWTKit.Insecure.RSA.PrivateKey(pem: pem.exposed))
        } catch {
            throw ServiceError(
                .internal, "signing-key",
                "The signing key is not a private RSA key in PEM with at least 2048 bits; create one with "
                    + "`openssl genrsa 2048`, or remove the file to have a new one made.", cause: error)
        }
    }

    private init(_ rsa: JWTKit.Insecure.RSA.PrivateKey) throws {
        let numbers = try rsa.publicKey.getKeyPrimitives()
        self.rsa = rsa
        modulus = Base64.encode(numbers.modulus)
        exponent = Base64.encode(numbers.publicExponent)
        // RFC 7638: the required members only, in alphabetical order, without white space.
        let canonical = #"{"e":"\#(exponent)","kty":"RSA","n":"\#(modulus)"}"#
        id = Base64.encode(Array(SHA256.hash(data: Array(canonical.utf8))))
    }

    /// A new key of 2048 bits.
    ///
    /// The randomness is the operating system's, not a `World`'s: prime numbers come from the cryptographic library.
    /// A test that has to repeat itself reads a key from PEM.
    public static func generate() throws -> SigningKey {
        try SigningKey(JWTKit.Insecure.RSA.PrivateKey(backing: _RSA.Signing.PrivateKey(keySize: .bits2048)))
    }

    /// The private key as PEM.
    public var pem: Secret { Secret(rsa.pemRepresentation) }

    public var description: String { "SigningKey(\(id))" }

    /// The public half as a member of a key set (RFC 7517).
    var jwk: String {
        #"{"alg":"RS256","e":"\#(exponent)","kid":"\#(id)","kty":"RSA","n":"\#(modulus)","use":"sig"}"#
    }
}

extension SigningKey {
    /// Reads the key at `path`, or makes one and stores it there with mode 0600.
    ///
    /// Of several processes that start at once on one folder, all end with the key of the fastest.
    /// - Throws: ``ServiceError`` `key-file` when the file cannot be read or written, or others may read it.
    public static func loadOrCreate(at path: String) throws -> SigningKey {
        if let key = try load(from: path) { return key }
        let key = try generate()
        if try key.create(at: path) { return key }
        guard let other = try load(from: path) else {
            throw ServiceError(.internal, "key-file", "The key file \(path) appeared and vanished; start again.")
        }
        return other
    }

    /// The key at `path`; nil when there is no file.
    public static func load(from path: String) throws -> SigningKey? {
        try SecretFile.read(path).map { try SigningKey(pem: Secret(String(decoding: $0, as: UTF8.self))) }
    }

    /// Stores the key with mode 0600, complete or not at all.
    ///
    /// - Returns: false when there is a file already; it is left as it is.
    public func create(at path: String) throws -> Bool {
        try SecretFile.create(path, Array((pem.exposed + "\n").utf8))
    }
}
