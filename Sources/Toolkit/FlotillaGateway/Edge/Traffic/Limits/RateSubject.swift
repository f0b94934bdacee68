/// What requests are counted by: all that have the same one share a count.
enum RateSubject: Sendable, Hashable {
    /// All requests together.
    case global
    /// Whoever asks: the user or client where one is known, the address otherwise.
    case caller
    /// All callers of a tier together.
    case tier
    /// The API key; requests without one are not counted.
    case key
    /// The address; of version 6 the network of 64 bits.
    case address
    /// The route.
    case route
    /// The value of a field, by its name in lower case; who does not send it is counted by address.
    case header(String)

    /// The words of the configuration; `header NAME` besides.
    private static let words: [(String, RateSubject)] = [
        ("global", .global), ("caller", .caller), ("tier", .tier), ("key", .key), ("address", .address),
        ("route", .route),
    ]
    static let allowed = "global, caller, tier, key, address, route, or header NAME"

    /// - Returns: nil when it is none of the words, or no name of a field.
    init?(_ text: String) {
        if let known = Self.words.first(where: { $0.0 == text }) {
            self = known.1
            return
        }
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[0] == "header", FieldName.isToken(parts[1]) else { return nil }
        self = .header(parts[1].lowercased())
    }

    /// Limits for one come before those for many, so that who is refused by its own takes nothing from the others.
    var breadth: Int {
        switch self {
        case .caller, .key, .address, .header: 0
        case .route, .tier: 1
        case .global: 2
        }
    }
}
