/// Everything users are told, as data: a language is one more entry.
struct TemplateBook: Sendable {
    /// The texts of one language.
    struct Language: Sendable {
        var templates: [Occasion.Kind: Template]
        /// How a letter begins when the name is known.
        var greeting: String
        var greetingWithoutName: String
        var farewell: String
        /// Sentences for the reasons of events; what is not here is `otherReason`.
        var reasons: [String: String]
        var otherReason: String
    }

    private let languages: [String: Language] = ["en": Self.english]

    /// The texts for a BCP 47 tag: those of its language, or the English ones.
    func texts(for tag: String) -> Language {
        languages[tag.split(separator: "-").first.map { $0.lowercased() } ?? ""] ?? Self.english
    }

    private static let english = Language(
        templates: [
            .orderCompleted: Template(
                title: "Your order {order} is confirmed",
                text: """
                    Thank you for your order {order}. It is paid ({total}) and will be on its way soon:

                    {items}

                    We write to you again when the parcel leaves.
                    """),
            .orderCancelled: Template(
                title: "Your order {order} was cancelled",
                text: """
                    Your order {order} was cancelled. {reason}

                    You were not charged.
                    """),
            .orderRefunded: Template(
                title: "Your order {order} is refunded",
                text: """
                    Your order {order} was cancelled after it was paid. {reason}

                    {amount} is on its way back to the card you paid with.
                    """),
            .shipmentDispatched: Template(
                title: "Your order {order} is on its way",
                text: """
                    {carrier} has the parcel of your order {order}.

                    Its tracking code is {trackingCode}.
                    """),
        ],
        greeting: "Hello {name},", greetingWithoutName: "Hello,", farewell: "Your Flotilla Shop",
        reasons: [
            "sold-out": "Somebody else bought the last piece of an item a moment before you.",
            "unknown-product": "An item is no longer on offer.",
            "card-declined": "Your bank declined the card.",
            "insufficient-funds": "There was not enough money on the card.",
            "unknown-token": "We could not use the card you chose.",
            "address-not-served": "No carrier delivers to the address.",
            "cancelled-by-customer": "You asked us to.",
            "cancelled-by-staff": "Our customer service cancelled it for you.",
            "timed-out": "It could not be completed in time.",
        ],
        otherReason: "It could not be completed.")
}
