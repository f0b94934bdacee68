internal import CryptoExtras
internal import FlotillaCore

/// How much work a password hash costs (scrypt, RFC 7914).
public struct ScryptParameters: Sendable, Hashable {
    /// The binary logarithm of N: 15 means 32,768 rounds; memory is 128 · 2^ln · r bytes.
    public var ln: Int
    /// The block size r.
    public var r: Int
    /// How many times the work is done, p.
    public var p: Int

    /// - Precondition: `ln` 1 to 20, `r` and `p` 1 to 32, and at most 256 MiB of memory.
    public init(ln: Int, r: Int, p: Int) {
        self.ln = ln
        self.r = r
        self.p = p
        precondition(isAllowed, "scrypt parameters ln=\(ln), r=\(r), p=\(p) are outside the bounds")
    }

    /// N = 2¹⁵, r = 8, p = 1: 32 MiB and about a tenth of a second; a third of the work that OWASP's password
    /// storage sheet pairs with this memory.
    public static let standard = ScryptParameters(ln: 15, r: 8, p: 1)

    /// N = 2¹⁵, r = 8, p = 3: the same memory and three times the work, one of the pairs of the OWASP password
    /// storage sheet.
    public static let strong = ScryptParameters(ln: 15, r: 8, p: 3)

    /// N = 2⁴: no protection, for tests that sign in often.
    public static let cheap = ScryptParameters(ln: 4, r: 8, p: 1)

    /// Whether hashing with them stays within what one request may cost: a stored hash that was tampered with must
    /// not be able to ask for gigabytes.
    var isAllowed: Bool { Self.areAllowed(ln: ln, r: r, p: p) }

    static func areAllowed(ln: Int, r: Int, p: Int) -> Bool {
        guard (1...20).contains(ln), (1...32).contains(r), (1...32).contains(p) else { return false }
        return (128 * r) << ln <= 256 << 20
    }
}

/// A salted password hash and how it was made, in the PHC string format:
/// `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`, base 64 without padding.
struct PasswordHash: Equatable {
    static let saltBytes = 16
    static let hashBytes = 32

    var parameters: ScryptParameters
    var salt: [UInt8]
    var hash: [UInt8]

    init(parameters: ScryptParameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Does the work: blocks the thread for as long as the parameters cost.
    init(of password: Secret, parameters: ScryptParameters, salt: [UInt8]) throws {
        self.init(
            parameters: parameters, salt: salt,
            hash: try Self.scrypt(Array(password.exposed.utf8), parameters, salt, byteCount: Self.hashBytes))
    }

    static func scrypt(
        _ password: [UInt8], _ parameters: ScryptParameters, _ salt: [UInt8], byteCount: Int
    ) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: byteCount, rounds: 1 << parameters.ln,
            blockSize: parameters.r, parallelism: parameters.p)
        return key.withUnsafeBytes { Array($0) }
    }

    /// Reads the PHC string.
    ///
    /// - Returns: nil for another scheme, and for parameters outside the bounds.
    init?(phc text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count <= 256, parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let parameters = Self.parameters(parts[2]),
            let salt = Base64.decode(parts[3].utf8, .standard), (8...64).contains(salt.count),
            let hash = Base64.decode(parts[4].utf8, .standard), (16...64).contains(hash.count)
        else { return nil }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    var phc: String {
        "$scrypt$ln=\(parameters.ln),r=\(parameters.r),p=\(parameters.p)$\(Base64.encode(salt, .standard))"
            + "$\(Base64.encode(hash, .standard))"
    }

    private static func parameters(_ text: Substring) -> ScryptParameters? {
        let names = ["ln", "r", "p"]
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == names.count else { return nil }
        var values: [Int] = []
        for (name, field) in zip(names, fields) {
            guard field.hasPrefix(name + "="), let value = Int(field.dropFirst(name.count + 1)) else { return nil }
            values.append(value)
        }
        guard ScryptParameters.areAllowed(ln: values[0], r: values[1], p: values[2]) else { return nil }
        return ScryptParameters(ln: values[0], r: values[1], p: values[2])
    }
}
