internal import Crypto
public import FlotillaCore

/// The SHA-256 of a secret that nobody can guess (a token, an API key), kept in place of it.
///
/// Four numbers: to hash and compare the digest itself takes as long as to make it. Two are compared in a time that
/// does not depend on what is in them. The text form is 64 lower-case hexadecimal digits.
public struct SecretDigest: Sendable, Hashable {
    private let first, second, third, fourth: UInt64

    /// The digest of these bytes.
    public init(of secret: UnsafeRawBufferPointer) {
        self.init(SHA256.hash(data: secret))
    }

    /// The digest of a text's UTF-8.
    public init(of secret: Secret) {
        self.init(SHA256.hash(data: Array(secret.exposed.utf8)))
    }

    private init(_ digest: SHA256.Digest) {
        (first, second, third, fourth) = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    /// Reads the text form, in letters of either case.
    ///
    /// - Returns: nil when it is not 64 hexadecimal digits.
    public init?(hex text: some StringProtocol) {
        guard text.utf8.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (place, digit) in text.utf8.enumerated() {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x57
            case 0x41...0x46: value = digit - 0x37
            default: return nil
            }
            words[place / 16] = words[place / 16] << 4 | UInt64(value)
        }
        (first, second, third, fourth) = (
            UInt64(bigEndian: words[0]), UInt64(bigEndian: words[1]), UInt64(bigEndian: words[2]),
            UInt64(bigEndian: words[3])
        )
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for word in [first, second, third, fourth] {
            withUnsafeBytes(of: word) { bytes in
                for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    public static func == (left: SecretDigest, right: SecretDigest) -> Bool {
        (left.first ^ right.first) | (left.second ^ right.second) | (left.third ^ right.third)
            | (left.fourth ^ right.fourth) == 0
    }

    /// Each part of a digest is as good as random.
    public func hash(into hasher: inout Hasher) { hasher.combine(first) }
}
