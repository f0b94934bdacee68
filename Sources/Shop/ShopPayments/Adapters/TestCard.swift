/// What the sandbox does with a card, by its number. Every other valid number is paid.
enum TestCard: String, Sendable, CaseIterable {
    case paid
    case declined
    case insufficientFunds
    /// The provider is broken at the first two tries.
    case failsTwice
    /// The money is captured, and the answer to the first try is lost.
    case answerLost
    /// Paid, and never given back.
    case refundRefused

    init(_ number: CardNumber) {
        self =
            switch number.exposed {
            case "4000000000000002": .declined
            case "4000000000009995": .insufficientFunds
            case "4000000000000119": .failsTwice
            case "4000000000000341": .answerLost
            case "4000000000005126": .refundRefused
            default: .paid
            }
    }
}
