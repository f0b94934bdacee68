/// Finds card numbers in a text.
///
/// Every stretch of 13 to 19 digits that passes the Luhn check is taken, also within a longer row of
/// digits, since a number with a digit stuck to it is still a number.
enum CardScan {
    static let digitsMin = 13
    static let digitsMax = 19

    static func withoutCards(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let (digits, end) = row(in: bytes, from: index)
            append(bytes, index..<end, digits: digits, to: &result)
            index = end
        }
        return result
    }

    /// The places of the digits of one row, with at most two spaces or dashes between two of them.
    private static func row(in bytes: [UInt8], from start: Int) -> (digits: [Int], end: Int) {
        var digits: [Int] = []
        var index = start
        while index < bytes.count {
            if isDigit(bytes[index]) {
                digits.append(index)
            } else if !(bytes[index] == 32 || bytes[index] == 45) || index - (digits.last ?? index) > 2 {
                break
            }
            index += 1
        }
        return (digits, (digits.last ?? start) + 1)
    }

    private static func append(_ bytes: [UInt8], _ range: Range<Int>, digits: [Int], to result: inout [UInt8]) {
        let stretches = digits.count < digitsMin ? [] : cards(in: digits.map { Int(bytes[$0] - 48) })
        var next = range.lowerBound
        for stretch in stretches {
            result.append(contentsOf: bytes[next..<digits[stretch.lowerBound]])
            result.append(contentsOf: Redaction.cardMark.utf8)
            next = digits[stretch.upperBound - 1] + 1
        }
        result.append(contentsOf: bytes[next..<range.upperBound])
    }

    /// The stretches of digits that are part of a number passing the check; overlapping ones joined.
    static func cards(in digits: [Int]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for end in digitsMin..<digits.count + 1 {
            guard let start = longestStart(of: digits, endingBefore: end) else { continue }
            var stretch = start..<end
            while let last = result.last, last.upperBound >= stretch.lowerBound {
                stretch = min(last.lowerBound, stretch.lowerBound)..<stretch.upperBound
                result.removeLast()
            }
            result.append(stretch)
        }
        return result
    }

    /// Runs the Luhn sum leftwards from the last digit and remembers the longest length at which it fits.
    private static func longestStart(of digits: [Int], endingBefore end: Int) -> Int? {
        var sum = 0
        var allZero = true
        var best: Int?
        for length in 1...min(digitsMax, end) {
            let digit = digits[end - length]
            allZero = allZero && digit == 0
            let weighted = length % 2 == 0 ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
            if length >= digitsMin, sum % 10 == 0, !allZero { best = end - length }
        }
        return best
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
