/// Finds credentials that can be told by their looks: `Bearer …`, `Basic …`, JSON web tokens.
enum CredentialScan {
    static func withoutTokens(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard isTokenByte(bytes[index]) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let end = bytes[index...].firstIndex { !isTokenByte($0) } ?? bytes.count
            let word = bytes[index..<end]
            if isScheme(word), let credential = credential(in: bytes, after: end) {
                result.append(contentsOf: bytes[index..<credential.lowerBound])
                result.append(contentsOf: Redaction.mark.utf8)
                index = credential.upperBound
            } else {
                appendWithoutWebTokens(word, to: &result)
                index = end
            }
        }
        return result
    }

    private static func isScheme(_ word: ArraySlice<UInt8>) -> Bool {
        // The word may have something before it, as in `header=Bearer`.
        let tail = word.suffix(6).map { $0 | 0x20 }
        return tail == Array("bearer".utf8) || tail.suffix(5) == Array("basic".utf8)
    }

    /// What follows a scheme: at least 8 characters of a token; `basic needs` is English.
    private static func credential(in bytes: [UInt8], after end: Int) -> Range<Int>? {
        var start = end
        while start < bytes.count, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
        guard start > end, start - end <= 8 else { return nil }
        let stop = bytes[start...].firstIndex { !isTokenByte($0) } ?? bytes.count
        return stop - start >= 8 ? start..<stop : nil
    }

    /// A word that holds a JSON web token goes from the token's start on: `token=eyJ…`, `?t=eyJ…`.
    private static func appendWithoutWebTokens(_ word: ArraySlice<UInt8>, to result: inout [UInt8]) {
        var index = word.startIndex
        while index + 20 <= word.endIndex {
            if word[index] == 101, word[index + 1] == 121 || word[index + 1] == 119,
                isWebToken(word[index...])
            {
                result.append(contentsOf: word[..<index])
                result.append(contentsOf: Redaction.mark.utf8)
                return
            }
            index += 1
        }
        result.append(contentsOf: word)
    }

    /// `{"` in base 64 is `eyJ`; with white space it begins with `ey` or `ew`.
    private static func isWebToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: 46, omittingEmptySubsequences: false)
        if bytes[bytes.startIndex + 2] == 74 { return parts.count >= 2 }
        return parts.count >= 3 && parts.prefix(3).allSatisfy { $0.count >= 10 }
    }
}
