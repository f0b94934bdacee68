internal import Crypto
internal import FlotillaCore

/// A token's SHA-256, as four numbers: to hash and compare the digest itself takes as long as to make it.
struct TokenFingerprint: Sendable, Hashable {
    private let first, second, third, fourth: UInt64

    init(_ token: Secret) {
        let digest = SHA256.hash(data: Array(token.exposed.utf8))
        (first, second, third, fourth) = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }
}
