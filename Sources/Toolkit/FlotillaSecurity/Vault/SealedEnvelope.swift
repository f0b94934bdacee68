/// The bytes of a sealed value, taken apart.
///
///     1   version, 1
///     4   ID of the master key
///     12  nonce of the data key's sealing
///     48  data key (32) and tag (16)
///     12  nonce of the value's sealing
///     …   value and tag (16)
struct SealedEnvelope {
    static let version: UInt8 = 1
    static let wrapBytes = 12 + 32 + 16
    static let overheadBytes = 1 + VaultKeyRing.idBytes + wrapBytes + 12 + 16

    var keyID: String
    /// Nonce, sealed data key and tag.
    var wrappedKey: ArraySlice<UInt8>
    /// Nonce, sealed value and tag.
    var sealedValue: ArraySlice<UInt8>

    init(keyID: String, wrappedKey: ArraySlice<UInt8>, sealedValue: ArraySlice<UInt8>) {
        self.keyID = keyID
        self.wrappedKey = wrappedKey
        self.sealedValue = sealedValue
    }

    /// - Returns: nil when the bytes are too few or of another version.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.overheadBytes, bytes[0] == Self.version else { return nil }
        let id = bytes[1...VaultKeyRing.idBytes]
        let rest = bytes[(1 + VaultKeyRing.idBytes)...]
        self.init(
            keyID: id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
            wrappedKey: rest.prefix(Self.wrapBytes), sealedValue: rest.dropFirst(Self.wrapBytes))
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(Self.overheadBytes + sealedValue.count)
        var digits = Substring(keyID)
        while !digits.isEmpty {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        bytes.append(contentsOf: wrappedKey)
        bytes.append(contentsOf: sealedValue)
        return bytes
    }
}
