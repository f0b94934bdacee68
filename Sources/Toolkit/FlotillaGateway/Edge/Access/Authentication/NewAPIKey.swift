public import FlotillaCore
internal import FlotillaSecurity

/// A key for an application, made once: the key is for whoever will send it as `X-API-Key`, the line for the file of
/// the gateway, which holds no more than its SHA-256.
public struct NewAPIKey: Sendable {
    /// `fk_` and 43 letters, digits, `-` and `_`: 256 random bits. Shown once, kept nowhere.
    public let key: Secret
    /// An entry of `apiKeys`, on one line, as `- { name: mobile, sha256: …, permissions: [], perHour: 1000 }`.
    public let yaml: String

    /// - Parameters:
    ///   - name: of the application: 1 to 64 letters, digits, `-`, `_` and `.`.
    ///   - random: outside of tests it must be cryptographic.
    /// - Throws: ``ServiceError`` `invalid-input` for another name.
    public init(
        _ name: String, permissions: [String] = [], perHour: Int? = nil, random: any RandomSource
    ) throws(ServiceError) {
        try Self.check([name], of: "name", 1...64)
        try Self.check(permissions, of: "permissions", 1...100)
        key = Secret("fk_" + OpaqueSecret(from: random).text.exposed)
        var parts = ["name: \"\(name)\"", "sha256: \"\(SecretDigest(of: key).hex)\""]
        parts.append("permissions: [\(permissions.map { "\"\($0)\"" }.joined(separator: ", "))]")
        if let perHour { parts.append("perHour: \(perHour)") }
        yaml = "- { \(parts.joined(separator: ", ")) }"
    }

    private static func check(_ words: [String], of field: String, _ count: ClosedRange<Int>) throws(ServiceError) {
        for word in words {
            let isPlain = word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-_.:*".utf8.contains(byte)
                }
            }
            guard isPlain, count.contains(word.utf8.count) else {
                throw .invalid(
                    field: field, "is \(count.lowerBound) to \(count.upperBound) letters, digits, - _ . : and *.")
            }
        }
    }
}
