internal import FlotillaHTTP

/// A card as a customer types it in.
///
/// What is wrong is said by field and rule, never with the value: these answers end up in logs of others.
struct TokenizeCardBody: RequestInput {
    /// Nil in a placeholder only.
    let number: CardNumber?
    let expiry: CardExpiry

    init(from fields: inout FieldReader) {
        number = CardNumber(fields.string("number", length: CardNumber.lengths, .cardNumber))
        expiry = CardExpiry(
            month: fields.int("expiryMonth", in: 1...12), year: fields.int("expiryYear", in: 2000...2199))
        // Checked and forgotten: a security code is never kept, not even in memory.
        _ = fields.string("cvc", length: 3...4, .securityCode)
    }
}

extension TextRule {
    fileprivate static let cardNumber = TextRule(
        pattern: "^[1-9][0-9]*$",
        requirement: "be the digits of a card number, without spaces, with the right check digit",
        example: "4242424242424242", accepts: CardNumber.isValid)

    fileprivate static let securityCode = TextRule(
        pattern: "^[0-9]*$", requirement: "be the 3 or 4 digits printed on the card", example: "123"
    ) { text in text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
