internal import FlotillaConfiguration
internal import FlotillaCore

/// From which addresses and countries requests may come. Decided in at most 200 ns, whatever the lists' length.
struct AddressFilter: Sendable {
    /// When there are any, only these may come.
    private let allow: AddressSet
    /// These may not, allowed or not.
    private let deny: AddressSet
    /// When there are any, only from these.
    private let countriesAllowed: [CountryCode]
    private let countriesDenied: [CountryCode]

    /// Everybody may come.
    static let open = AddressFilter(allow: .none, deny: .none)

    init(
        allow: AddressSet, deny: AddressSet, countriesAllowed: [CountryCode] = [], countriesDenied: [CountryCode] = []
    ) {
        self.allow = allow
        self.deny = deny
        self.countriesAllowed = countriesAllowed.sorted()
        self.countriesDenied = countriesDenied.sorted()
    }

    /// Whether it asks anything.
    var isOpen: Bool { allow.isEmpty && deny.isEmpty && !asksCountry }
    var asksCountry: Bool { !countriesAllowed.isEmpty || !countriesDenied.isEmpty }

    /// Why a request from there is refused (403); nil: it is not.
    ///
    /// - Parameter address: that of the client (``TrustedProxies``); nil, when it cannot be read, is in no list.
    func refusal(_ address: IPAddress?, _ countries: CountryTable) -> ServiceError? {
        if let address, !deny.isEmpty, deny.contains(address) { return Self.refused }
        if !allow.isEmpty, !(address.map(allow.contains) ?? false) { return Self.refused }
        guard asksCountry else { return nil }
        let country = address.map(countries.country) ?? .unknown
        let isRefused =
            countriesDenied.contains(country) || !(countriesAllowed.isEmpty || countriesAllowed.contains(country))
        return isRefused ? Self.refusedCountry(country) : nil
    }

    private static let refused = ServiceError(
        .denied, "address-refused", "Requests from this address are not taken here (policy: addresses).")

    private static func refusedCountry(_ country: CountryCode) -> ServiceError {
        let origin = country == .unknown ? "addresses without a known country" : "addresses in \(country)"
        return ServiceError(
            .denied, "country-refused", "Requests from \(origin) are not taken here (policy: countries).")
    }
}

extension AddressFilter {
    /// Reads a group:
    /// ```yaml
    /// allow: [10.0.0.0/8, "2001:db8::/32"]
    /// deny: [10.6.6.6]
    /// countries: { deny: [XX, ZZ] }   # ZZ: nobody knows
    /// ```
    ///
    /// - Parameter hasCountries: whether there is a table of countries.
    init(from fields: inout YAMLFields, hasCountries: Bool) {
        let allow = AddressSet("allow", from: &fields, "Only these may come, when there are any.")
        let deny = AddressSet("deny", from: &fields, "These may not come, whatever else is allowed.")
        let countries = fields.group("countries", "Countries of addresses, two letters each; ZZ where nobody knows.") {
            fields in
            let lists = (
                allow: Self.codes("allow", &fields, "Only from these, when there are any."),
                deny: Self.codes("deny", &fields, "Not from these.")
            )
            if !hasCountries, !lists.allow.isEmpty || !lists.deny.isEmpty {
                fields.problem(
                    "needs to know where addresses are", allowed: "countries: FILE at the top of the file")
            }
            return lists
        }
        self.init(
            allow: allow, deny: deny, countriesAllowed: countries.allow, countriesDenied: countries.deny)
    }

    private static func codes(_ key: String, _ fields: inout YAMLFields, _ about: String) -> [CountryCode] {
        fields.texts(key, count: 0...300, bytes: 2...2, about).compactMap { text in
            let code = CountryCode(Array(text.utf8))
            if code == nil {
                fields.problem(at: key, value: text, "has an entry that is no country", allowed: "two letters: DE")
            }
            return code
        }
    }
}
