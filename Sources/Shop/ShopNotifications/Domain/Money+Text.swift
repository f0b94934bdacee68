internal import FlotillaCore

extension Money {
    /// Currencies whose minor unit is not a hundredth (ISO 4217).
    private static let digits: [String: Int] = [
        "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
        "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
        "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    ]

    /// `99.99 USD`: with as many digits after the point as the currency has.
    var forPeople: String {
        let count = Self.digits[currency] ?? 2
        var text = String(amount.magnitude)
        if count > 0 {
            text = String(repeating: "0", count: max(0, count + 1 - text.count)) + text
            text.insert(".", at: text.index(text.endIndex, offsetBy: -count))
        }
        return (amount < 0 ? "-" : "") + text + " " + currency
    }
}
