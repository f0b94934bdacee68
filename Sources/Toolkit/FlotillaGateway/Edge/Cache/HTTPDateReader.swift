/// Reads a point in time as HTTP writes it, in the form of today and in the two obsolete ones that every recipient has
/// to understand (RFC 9110, section 5.6.7).
enum HTTPDateReader {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Parameter now: seconds after 1970; a year of two digits is the one of its kind that is at most 50 years ahead.
    /// - Returns: seconds after 1970; nil when it is no date.
    static func seconds(_ text: String, now: Int64) -> Int64? {
        let text = text.prefix(64)
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," })
        switch parts.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where parts[5] == "GMT" && parts[3].utf8.count == 4:
            return seconds(parts[3], parts[2], parts[1], parts[4])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where parts[3] == "GMT":
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].utf8.count == 2, let short = number(date[2], 0...99) else { return nil }
            return seconds(Substring(String(fullYear(short, now))), date[1], date[0], parts[2])
        // Sun Nov  6 08:49:37 1994
        case 5 where parts[4].utf8.count == 4:
            return seconds(parts[4], parts[1], parts[2], parts[3])
        default: return nil
        }
    }

    private static func fullYear(_ short: Int, _ now: Int64) -> Int {
        let present = 1970 + Int(now / 31_556_952)
        let year = present / 100 * 100 + short
        return year > present + 50 ? year - 100 : year
    }

    private static func seconds(
        _ year: Substring, _ month: Substring, _ day: Substring, _ clock: Substring
    ) -> Int64? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard let year = number(year, 1...9_999), let month = months.firstIndex(of: String(month)),
            let day = number(day, 1...31), parts.count == 3, let hour = number(parts[0], 0...23),
            let minute = number(parts[1], 0...59), let second = number(parts[2], 0...60)
        else { return nil }
        // Days of the Gregorian calendar, in eras of 400 years that begin on 1 March (H. Hinnant).
        let shifted = month >= 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return number
    }
}
