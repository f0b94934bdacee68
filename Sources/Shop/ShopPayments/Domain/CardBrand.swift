/// Whose network a card belongs to, as its first digits say (ISO/IEC 7812 issuer ranges).
enum CardBrand: String, Sendable, CaseIterable {
    case visa
    case mastercard
    case amex
    case discover
    case diners
    case jcb
    case unionpay
    /// A valid number of a range that is not listed here.
    case other

    /// - Parameter digits: at least four digits.
    init(prefixOf digits: String) {
        let prefix = Int(digits.prefix(4)) ?? 0
        self =
            switch prefix {
            case 4000...4999: .visa
            case 5100...5599, 2221...2720: .mastercard
            case 3400...3499, 3700...3799: .amex
            case 6011, 6440...6599: .discover
            case 3000...3059, 3600...3699, 3800...3899: .diners
            case 3528...3589: .jcb
            case 6200...6299: .unionpay
            default: .other
            }
    }
}
