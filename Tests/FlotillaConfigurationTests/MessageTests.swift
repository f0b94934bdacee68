internal import FlotillaConfiguration
internal import Testing

private typealias Configuration = FlotillaConfiguration.Configuration

@Suite("Messages about a configuration") struct MessageTests {
    private func problems(
        _ yaml: String? = nil, environment: [String: String] = [:], flags: [ConfigurationFlag] = [],
        schema: ConfigurationSchema = schema
    ) -> [String] {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(
                schema, file: yaml.map { ConfigurationFile(path: "shop.yaml", text: $0) }, environment: environment,
                flags: flags)
        }
        return error?.problems.map(\.description) ?? []
    }

    @Test("a wrong value in the file is named with key, value, line and what is allowed", arguments: [
        ("limits:\n  rate: many",
         "limits.rate: \"many\" is not an integer (shop.yaml:2)", "an integer from 1 to 1000"),
        ("limits: {rate: 0}",
         "limits.rate: \"0\" is out of range (shop.yaml:1)", "an integer from 1 to 1000"),
        ("\n\nlimits:\n  burstFactor: x",
         "limits.burstFactor: \"x\" is not a number (shop.yaml:4)", "a number from 1.0 to 10.0"),
        ("limits: {burstFactor: 11}",
         "limits.burstFactor: \"11\" is out of range (shop.yaml:1)", "a number from 1.0 to 10.0"),
        ("orders: {timeout: 5}",
         "orders.timeout: \"5\" is a duration without a unit (shop.yaml:1)",
         "a duration from 100ms to 1m, such as 500ms, 5s or 2m"),
        ("orders: {timeout: soon}",
         "orders.timeout: \"soon\" is not a duration (shop.yaml:1)",
         "a duration from 100ms to 1m, such as 500ms, 5s or 2m"),
        ("orders: {timeout: 2m}",
         "orders.timeout: \"2m\" is out of range (shop.yaml:1)",
         "a duration from 100ms to 1m, such as 500ms, 5s or 2m"),
        ("quiet: maybe", "quiet: \"maybe\" is neither true nor false (shop.yaml:1)", "true or false"),
        ("rateLimits: hard",
         "rateLimits: \"hard\" is none of the choices (shop.yaml:1)", "one of demo, strict, off"),
        ("http: {port: 65536}",
         "http.port: \"65536\" is not a port (shop.yaml:1)", "a port from 1 to 65535, or 0 for any free one"),
        ("data: ''", "data: \"\" is not a path (shop.yaml:1)", "the path of a file or folder"),
        ("name: a name that is far too long",
         "name: \"a name that is far too long\" has 27 bytes (shop.yaml:1)", "text of 1 to 20 bytes"),
        ("name: [a]",
         "name: \"[a]\" is a list where one value is meant (shop.yaml:1)", "text of 1 to 20 bytes"),
        ("name: {a: b}",
         "name: has keys below it where one value is meant (shop.yaml:1)", "text of 1 to 20 bytes"),
        ("name:", "name: has no value (shop.yaml:1)", "text of 1 to 20 bytes, or leave the key out"),
        ("regions: []", "regions: \"[]\" has 0 entries (shop.yaml:1)", "a list of 1 to 3 of eu, us, ap"),
        ("regions: [eu, mars]",
         "regions: \"[eu, mars]\" has an entry that is not allowed: mars (shop.yaml:1)",
         "a list of 1 to 3 of eu, us, ap"),
        ("regions: [[eu]]",
         "regions: has an entry that is not a single value (shop.yaml:1)", "a list of 1 to 3 of eu, us, ap"),
        ("orders: 5s", "orders: is a group, not a key (shop.yaml:1)", "keys in it, such as orders.timeout"),
        ("- a", "the file is not a list of keys (shop.yaml:1)", "key: value, nested by indentation"),
    ])
    func fileValues(yaml: String, said: String, allowed: String) {
        #expect(problems(yaml) == ["\(said). Allowed: \(allowed)."])
    }

    @Test("an unknown key is refused, with the one that was meant", arguments: [
        ("orders:\n  timout: 5s",
         "orders.timout: is not known; did you mean orders.timeout? (shop.yaml:2)",
         "the keys of the configuration reference"),
        ("name: x\norder:\n  timeout: 5s",
         "order: is not known; did you mean orders? (shop.yaml:2)", "the keys of the configuration reference"),
        ("warp: 9", "warp: is not known (shop.yaml:1)", "the keys of the configuration reference"),
    ])
    func unknown(yaml: String, said: String, allowed: String) {
        #expect(problems(yaml) == ["\(said). Allowed: \(allowed)."])
    }

    @Test("a key that is given twice is refused")
    func twice() {
        #expect(problems("orders: {timeout: 1s}\norders.timeout: 2s") == [
            "orders.timeout: is given twice, first at shop.yaml:1 (shop.yaml:2). Allowed: each key once."
        ])
        #expect(problems("name: a\nname: b") == [
            "name: is given twice, first at shop.yaml:1:1 (shop.yaml:2:1). Allowed: each key once."
        ])
    }

    @Test("what is no YAML is refused with its line, but without its text")
    func syntax() throws {
        let found = problems("name: shop\npayments:\n  api-key: \"hush-hush\n")
        #expect(found.count == 1)
        let message = try #require(found.first)
        #expect(message.hasPrefix("the file is not YAML: "))
        #expect(message.contains("(shop.yaml:"))
        #expect(!message.contains("hush"))
    }

    @Test("the variable or flag a value came from is named")
    func origins() {
        #expect(problems(environment: ["SHOP_LIMITS_RATE": "x"]) == [
            "limits.rate: \"x\" is not an integer (SHOP_LIMITS_RATE in the environment)"
                + ". Allowed: an integer from 1 to 1000."
        ])
        #expect(problems(flags: [ConfigurationFlag("--port", sets: "http.port", to: "x")]) == [
            "http.port: \"x\" is not an integer (flag --port)"
                + ". Allowed: a port from 1 to 65535, or 0 for any free one."
        ])
        #expect(problems(flags: [ConfigurationFlag("--set", sets: "http.prot", to: "1")]) == [
            "http.prot: is not known; did you mean http.port? (flag --set)"
                + ". Allowed: the keys of the configuration reference."
        ])
    }

    @Test("an assignment without a key is refused, its text not shown")
    func assignment() {
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFlag("--set", assignment: "hunter2") }
        #expect(error?.problems.map(\.description) == [
            "--set was given without a key (flag --set). Allowed: key=value, such as orders.timeout=5s."
        ])
    }

    @Test("a required key that nobody gave says where it can be given")
    func required() {
        let schema = ConfigurationSchema(prefix: "SHOP", keys: [.secret("auth.key", bytes: 8...64, "Signs tokens.")])
        #expect(problems(schema: schema) == [
            "auth.key: is not set; set SHOP_AUTH_KEY in the environment or auth.key in a configuration file. "
                + "Allowed: text of 8 to 64 bytes."
        ])
        #expect(problems("# nothing", schema: schema) == [
            "auth.key: is not set; set SHOP_AUTH_KEY in the environment or auth.key in shop.yaml. "
                + "Allowed: text of 8 to 64 bytes."
        ])
    }

    @Test("everything wrong is said at once, sorted by key")
    func all() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(
                schema, file: ConfigurationFile(path: "shop.yaml", text: "quiet: maybe\nlimits: {rate: 0}\nwarp: 9"))
        }
        #expect(error?.problems.map(\.key) == ["limits.rate", "quiet", "warp"])
        #expect(error?.slug == "invalid-configuration")
        #expect(error?.description.hasPrefix("The configuration has 3 problems:\n  limits.rate: ") == true)
        #expect(error?.fields.count == 3)
    }

    @Test("a file with more entries than anybody needs is refused")
    func tooLarge() {
        var yaml = "a0: &a0 {x: 1, y: 2}\n"
        for level in 1...20 { yaml += "a\(level): &a\(level) {x: *a\(level - 1), y: *a\(level - 1)}\n" }
        #expect(problems(yaml).contains { $0.contains("at most 20000 values") })
        let many = (0..<25_000).map { "k\($0): 1" }.joined(separator: "\n")
        #expect(problems(many).contains { $0.contains("at most 20000 values") })
    }
}
