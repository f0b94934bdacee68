internal import Crypto
public import FlotillaCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Keeps values secret at rest: AES-256-GCM with envelope encryption (NIST SP 800-38D).
///
/// Each value is sealed with a data key of its own, and that key with the ring's current master key; the sealed bytes
/// name the master key. After a rotation old values still open, and ``resealed(_:)`` moves one to the new master key
/// without touching the value itself.
///
/// A sealed value is bound to a context, such as `users/email/<id>`: moved to another row it does not open.
/// Safe to share. It costs 93 bytes a value.
public struct Vault: Sendable {
    /// The largest value, in bytes.
    public static let valueBytesMax = 1 << 20

    private let ring: VaultKeyRing
    private let random: any RandomSource

    /// - Parameter random: makes data keys and nonces; outside of tests it must be cryptographic.
    public init(ring: VaultKeyRing, random: any RandomSource) {
        self.ring = ring
        self.random = random
    }

    /// Seals `value`; it opens only with the same `context`.
    ///
    /// - Throws: ``ServiceError`` `value-too-large` above ``valueBytesMax``.
    public func seal(_ value: [UInt8], context: String) throws -> [UInt8] {
        guard value.count <= Self.valueBytesMax else {
            throw ServiceError(
                .tooLarge, "value-too-large", "A sealed value has at most \(Self.valueBytesMax) bytes.")
        }
        let dataKey = random.bytes(32)
        let sealed = try seal(value, with: SymmetricKey(data: dataKey), authenticating: "value:" + context)
        return SealedEnvelope(
            keyID: ring.currentID, wrappedKey: try wrap(dataKey)[...], sealedValue: sealed[...]).bytes
    }

    /// Opens what was sealed with the same `context`.
    ///
    /// - Throws: ``ServiceError`` `sealed-value` when it was changed, belongs to another context, or its master key is
    ///   no longer in the ring.
    public func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        let envelope = try parse(sealed)
        let dataKey = try unwrap(envelope)
        do {
            let box = try AES.GCM.SealedBox(combined: envelope.sealedValue)
            return Array(
                try AES.GCM.open(box, using: dataKey, authenticating: Array(("value:" + context).utf8)))
        } catch { throw Self.doesNotOpen(error) }
    }

    /// Seals a text.
    public func seal(_ text: Secret, context: String) throws -> [UInt8] {
        try seal(Array(text.exposed.utf8), context: context)
    }

    /// Opens a text.
    public func openText(_ sealed: [UInt8], context: String) throws -> Secret {
        Secret(String(decoding: try open(sealed, context: context), as: UTF8.self))
    }

    /// Whether the value is still under an old master key.
    public func needsResealing(_ sealed: [UInt8]) -> Bool { SealedEnvelope(sealed)?.keyID != ring.currentID }

    /// The same value under the current master key: only its data key is opened and sealed again.
    public func resealed(_ sealed: [UInt8]) throws -> [UInt8] {
        var envelope = try parse(sealed)
        let dataKey = try unwrap(envelope).withUnsafeBytes { Array($0) }
        envelope.keyID = ring.currentID
        envelope.wrappedKey = try wrap(dataKey)[...]
        return envelope.bytes
    }

    private func parse(_ sealed: [UInt8]) throws -> SealedEnvelope {
        guard sealed.count <= Self.valueBytesMax + SealedEnvelope.overheadBytes,
            let envelope = SealedEnvelope(sealed)
        else { throw ServiceError(.internal, "sealed-value", "These bytes are not a sealed value of this version.") }
        return envelope
    }

    private func wrap(_ dataKey: [UInt8]) throws -> [UInt8] {
        try seal(dataKey, with: ring.current.symmetric, authenticating: "key:" + ring.currentID)
    }

    private func unwrap(_ envelope: SealedEnvelope) throws -> SymmetricKey {
        guard let master = ring.key(envelope.keyID) else {
            throw ServiceError(
                .internal, "sealed-value",
                "The value is sealed with master key \(envelope.keyID), which the key ring does not have; put that "
                    + "key back into the key file.")
        }
        do {
            let box = try AES.GCM.SealedBox(combined: envelope.wrappedKey)
            let bytes = try AES.GCM.open(
                box, using: master.symmetric, authenticating: Array(("key:" + envelope.keyID).utf8))
            return SymmetricKey(data: bytes)
        } catch { throw Self.doesNotOpen(error) }
    }

    private func seal(_ bytes: [UInt8], with key: SymmetricKey, authenticating text: String) throws -> [UInt8] {
        let nonce = try AES.GCM.Nonce(data: random.bytes(12))
        let box = try AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: Array(text.utf8))
        return Array(box.nonce) + box.ciphertext + box.tag
    }

    private static func doesNotOpen(_ cause: any Error) -> ServiceError {
        ServiceError(
            .internal, "sealed-value",
            "The sealed value was changed or belongs elsewhere; it cannot be opened. Restore it from a backup.",
            cause: cause)
    }
}
