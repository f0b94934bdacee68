internal import Synchronization

/// Names whose values are secrets.
enum SensitiveNames {
    /// A name that has one of these in it, letters and digits only, is sensitive.
    private static let parts: [[UInt8]] = [
        "password", "passwd", "passphrase", "passwort", "secret", "token", "authorization", "cookie", "apikey",
        "privatekey", "credential", "cvc", "cvv", "cardnumber", "securitycode",
    ].map { Array($0.utf8) }

    /// A name whose last component is one of these is sensitive.
    private static let lasts: [[UInt8]] = ["number", "pan", "pin", "auth", "jwt"].map { Array($0.utf8) }

    /// What is known of short names: attributes and fields are named by the code, so there are few.
    private static let known = Mutex<[String: Bool]>([:])
    private static let knownMax = 512
    private static let knownBytesMax = 64

    static func isSensitive(key: String) -> Bool {
        let isShort = key.utf8.count <= knownBytesMax
        if isShort, let known = known.withLock({ $0[key] }) { return known }
        var name = key
        let isSensitive = name.withUTF8 { utf8 in
            hasPart(utf8[...]) || isLast(utf8[...])
        }
        if isShort { known.withLock { if $0.count < knownMax { $0[key] = isSensitive } } }
        return isSensitive
    }

    /// Whether the name has a telling part in it; `number` and `pin` alone are too common in prose.
    static func hasPart(_ name: some Collection<UInt8>) -> Bool {
        let plain = plain(name)
        return parts.contains { part in contains(plain, part) }
    }

    /// Whether the name is that of a header whose value is more than a word.
    static func isHeader(_ name: some Collection<UInt8>) -> Bool {
        let plain = plain(name)
        return contains(plain, Array("authorization".utf8)) || contains(plain, Array("cookie".utf8))
    }

    private static func isLast(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let start = name.lastIndex(of: 46).map { $0 + 1 } ?? name.startIndex
        return lasts.contains(plain(name[start...]))
    }

    /// Lower-case letters and digits only: `API_Key` and `api-key` are `apikey`.
    private static func plain(_ name: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(name.count)
        for byte in name {
            switch byte {
            case 65...90: result.append(byte | 0x20)
            case 48...57, 97...122: result.append(byte)
            default: break
            }
        }
        return result
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        for start in 0...text.count - part.count where text[start] == part[0] {
            if text[start..<start + part.count] == part[...] { return true }
        }
        return false
    }
}
