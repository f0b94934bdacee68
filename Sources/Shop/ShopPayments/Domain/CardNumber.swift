internal import FlotillaCore

/// The long number on a payment card (PAN): 12 to 19 digits whose last one checks the others (ISO/IEC 7812).
///
/// It never appears in a log, an error or a description; what needs the digits asks for ``exposed``.
struct CardNumber: Sendable, Hashable, CustomStringConvertible {
    static let lengths = 12...19

    private let digits: Secret

    /// - Returns: nil when the text is not a card number.
    init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        digits = Secret(text)
    }

    /// The digits: call it only where they are sealed or sent to the provider.
    var exposed: String { digits.exposed }

    /// The part that may be shown and stored.
    var last4: String { String(exposed.suffix(4)) }

    var brand: CardBrand { CardBrand(prefixOf: exposed) }

    var description: String { "card …\(last4)" }

    /// Whether the text has the right length, digits only, and a check digit that is right.
    static func isValid(_ text: String) -> Bool {
        let digits = Array(text.utf8)
        return lengths.contains(digits.count) && digits[0] != UInt8(ascii: "0")
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && passesLuhn(digits)
    }

    /// Luhn's formula (US patent 2,950,048): every second digit from the right counts double.
    private static func passesLuhn(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit - UInt8(ascii: "0"))
            guard place % 2 == 1 else {
                sum += value
                continue
            }
            sum += value < 5 ? value * 2 : value * 2 - 9
        }
        return sum % 10 == 0
    }
}
