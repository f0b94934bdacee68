internal import FlotillaConfiguration
internal import FlotillaCore
internal import Testing

@testable internal import FlotillaGateway

@Suite("Filters by address and country") struct AddressFilterTests {
    private static let table = """
        # a few ranges of documentation
        192.0.2.0/24,DE
        "198.51.100.0","198.51.100.255","fr"\r
        2001:db8::/32,NL

        203.0.113.0,203.0.113.127,US
        """

    private func filter(_ text: String, hasCountries: Bool = true) -> (value: AddressFilter?, problems: String) {
        readTraffic(text) { AddressFilter(from: &$0, hasCountries: hasCountries) }
    }

    @Test(
        "who may come",
        arguments: [
            ("{}", "203.0.113.7", nil),
            ("allow: [10.0.0.0/8]", "10.2.3.4", nil), ("allow: [10.0.0.0/8]", "11.2.3.4", "address-refused"),
            ("allow: [10.0.0.0/8]", "nonsense", "address-refused"), ("deny: [10.0.0.0/8]", "nonsense", nil),
            ("deny: [10.0.0.0/8]", "10.2.3.4", "address-refused"),
            ("deny: [10.0.0.0/8]", "::ffff:10.2.3.4", "address-refused"),
            ("deny: ['::ffff:10.0.0.0/104']", "10.2.3.4", "address-refused"),
            ("{allow: [10.0.0.0/8], deny: [10.6.6.6]}", "10.6.6.6", "address-refused"),
            ("{allow: [10.0.0.0/8], deny: [10.6.6.6]}", "10.6.6.7", nil),
            ("deny: ['2001:db8::/32']", "2001:db8::1", "address-refused"),
            ("countries: {deny: [DE]}", "192.0.2.9", "country-refused"),
            ("countries: {deny: [de]}", "198.51.100.1", nil),
            ("countries: {allow: [FR, NL]}", "198.51.100.1", nil), ("countries: {allow: [FR, NL]}", "2001:db8::9", nil),
            ("countries: {allow: [FR, NL]}", "203.0.113.1", "country-refused"),
            ("countries: {allow: [FR]}", "203.0.113.200", "country-refused"),
            ("countries: {allow: [FR, ZZ]}", "203.0.113.200", nil),
            ("countries: {deny: [ZZ]}", "8.8.8.8", "country-refused"),
            ("{allow: [0.0.0.0/0], countries: {deny: [US]}}", "203.0.113.127", "country-refused"),
            ("countries: {deny: [US]}", "203.0.113.128", nil),
        ] as [(String, String, String?)])
    func decides(text: String, address: String, slug: String?) throws {
        let table = try CountryTable(Array(Self.table.utf8), path: "countries.csv")
        #expect(table.count == 4)
        let (filter, problems) = filter(text)
        #expect(problems.isEmpty)
        #expect(try #require(filter).refusal(IPAddress(address), table)?.slug == slug)
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            ("\nallow: [10.0.0.1/8]", "allow: \"10.0.0.1/8\" has an entry that is no network (edge.yaml:2:1)"),
            ("deny: [a]", "deny: \"a\" has an entry that is no network"),
            ("countries: {allow: [D1]}", "countries.allow: \"D1\" has an entry that is no country"),
            ("countries: {denny: [DE]}", "did you mean deny?"),
        ])
    func wrong(text: String, problem: String) { #expect(filter(text).problems.contains(problem)) }

    @Test("countries need a table")
    func noTable() {
        #expect(filter("countries: {deny: [DE]}", hasCountries: false).problems.contains("countries: FILE"))
    }

    @Test(
        "a table that is wrong says where",
        arguments: [
            ("192.0.2.0/24,DE\n192.0.2.7,192.0.2.9,FR", "countries.csv:2"), ("192.0.2.0/24", "countries.csv:1"),
            ("a\n\n192.0.2.0/24,DEU", "countries.csv:3"), ("192.0.2.9,192.0.2.1,DE", "countries.csv:1"),
            ("10.0.0.0,2001:db8::,DE", "countries.csv:1"), ("::/0,DE", "countries.csv:1"),
        ])
    func wrongTable(text: String, place: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try CountryTable(Array(text.utf8), path: "countries.csv")
        }
        #expect(error?.description.contains(place) == true)
    }

    @Test("a table that is not there is told at its key")
    func missingTable() {
        let problems = readTraffic("countries: /nowhere/at-all.csv") { CountryTable(from: &$0) }.problems
        #expect(problems.contains("cannot be opened") && problems.contains("edge.yaml:1:1"))
    }

    @Test("the schema names every key")
    func schema() {
        let shape = YAMLReader.shape { AddressFilter(from: &$0, hasCountries: false) }
        let text = shape.jsonSchema(title: "t", about: "a")
        for key in ["allow", "deny", "countries"] { #expect(text.contains("\"\(key)\"")) }
    }
}
