internal import FlotillaConfiguration
internal import FlotillaCore
internal import Testing

private typealias Configuration = FlotillaConfiguration.Configuration

let schema = ConfigurationSchema(prefix: "SHOP", keys: [
    .string("name", bytes: 1...20, default: "shop", "What the shop is called."),
    .port("http.port", default: 8080, "Where the gateway listens."),
    .path("data", default: "./data", "Where all state is."),
    .duration("orders.timeout", in: .milliseconds(100) ... .seconds(60), default: .seconds(5), "For one order."),
    .int("limits.rate", in: 1...1_000, default: 10, "Requests a second."),
    .double("limits.burstFactor", in: 1...10, default: 2, "How much more for a moment."),
    .choice("rateLimits", of: ["demo", "strict", "off"], default: "demo", "Which limits hold."),
    .bool("quiet", default: false, "Say less."),
    .list("regions", count: 1...3, of: ["eu", "us", "ap"], default: ["eu"], "Where it sells."),
    .secret("payments.api-key", bytes: 8...64, isRequired: false, "The provider's key."),
])

private func load(
    _ yaml: String? = nil, environment: [String: String] = [:], flags: [ConfigurationFlag] = []
) throws -> Configuration {
    try Configuration.load(
        schema, file: yaml.map { ConfigurationFile(path: "shop.yaml", text: $0) }, environment: environment,
        flags: flags)
}

@Suite("Loading a configuration") struct LoadingTests {
    @Test("without any source the defaults hold")
    func defaults() throws {
        let configuration = try load()
        #expect(configuration.string("name") == "shop")
        #expect(configuration.port("http.port") == 8080)
        #expect(configuration.path("data") == "./data")
        #expect(configuration.duration("orders.timeout") == .seconds(5))
        #expect(configuration.int("limits.rate") == 10)
        #expect(configuration.double("limits.burstFactor") == 2)
        #expect(configuration.choice("rateLimits") == "demo")
        #expect(configuration.bool("quiet") == false)
        #expect(configuration.list("regions") == ["eu"])
        #expect(configuration.optionalSecret("payments.api-key") == nil)
        #expect(configuration.origin(of: "name") == .defaultValue)
    }

    @Test("the file is read with nesting, comments, quotes and lists")
    func file() throws {
        let configuration = try load("""
            # The shop.
            name: "12"
            http: {port: 0}
            orders:
              timeout: 500ms   # short
            limits:
              rate: 25
              burstFactor: 1.5
            quiet: yes
            regions: [us, ap]
            """)
        #expect(configuration.string("name") == "12")
        #expect(configuration.port("http.port") == 0)
        #expect(configuration.duration("orders.timeout") == .milliseconds(500))
        #expect(configuration.int("limits.rate") == 25)
        #expect(configuration.double("limits.burstFactor") == 1.5)
        #expect(configuration.bool("quiet"))
        #expect(configuration.list("regions") == ["us", "ap"])
        #expect(configuration.origin(of: "orders.timeout") == .file(path: "shop.yaml", line: 5))
    }

    @Test("a flag wins over the environment, that over the file, that over the default")
    func precedence() throws {
        let yaml = "limits:\n  rate: 2\n"
        let environment = ["SHOP_LIMITS_RATE": "3"]
        let flag = ConfigurationFlag("--rate", sets: "limits.rate", to: "4")
        #expect(try load(yaml).int("limits.rate") == 2)
        #expect(try load(yaml, environment: environment).int("limits.rate") == 3)
        let all = try load(yaml, environment: environment, flags: [flag])
        #expect(all.int("limits.rate") == 4)
        #expect(all.origin(of: "limits.rate") == .flag("--rate"))
        #expect(try load(environment: environment).origin(of: "limits.rate") == .variable("SHOP_LIMITS_RATE"))
    }

    @Test("of two flags for the same key the last counts")
    func lastFlag() throws {
        let flags = try ["limits.rate=5", "limits.rate = 6"].map { try ConfigurationFlag("--set", assignment: $0) }
        // Spaces around the sign belong to the key's side only: values are taken as they are.
        #expect(throws: ConfigurationError.self) { try load(flags: flags) }
        let good = try ["limits.rate=5", "limits.rate=6"].map { try ConfigurationFlag("--set", assignment: $0) }
        #expect(try load(flags: good).int("limits.rate") == 6)
    }

    @Test("a value that wins can override a mistake in the file")
    func override() throws {
        #expect(try load("limits: {rate: many}", environment: ["SHOP_LIMITS_RATE": "7"]).int("limits.rate") == 7)
    }

    @Test("variables are the path in capitals, camel case in words; lists have commas; empty ones do not count")
    func variables() throws {
        let configuration = try load(environment: [
            "SHOP_LIMITS_BURST_FACTOR": "3", "SHOP_RATE_LIMITS": "off", "SHOP_REGIONS": "eu, us ,", "SHOP_NAME": "",
            "SHOP_PAYMENTS_API_KEY": "k-12345678", "OTHER_NAME": "x", "SHOP_QUIET": "1",
        ])
        #expect(configuration.double("limits.burstFactor") == 3)
        #expect(configuration.choice("rateLimits") == "off")
        #expect(configuration.list("regions") == ["eu", "us"])
        #expect(configuration.string("name") == "shop")
        #expect(configuration.secret("payments.api-key").exposed == "k-12345678")
        #expect(configuration.bool("quiet"))
        #expect(configuration.warnings.isEmpty)
    }

    @Test("a variable that is nearly a key's is warned of, one of others is not")
    func warnings() throws {
        let configuration = try load(environment: [
            "SHOP_LIMIT_RATE": "1", "SHOP_ORDERS_SERVICE_HOST": "10.0.0.1", "SHOP_PORT_8080_TCP": "x",
        ])
        #expect(configuration.warnings == [
            "SHOP_LIMIT_RATE in the environment is not used; did you mean SHOP_LIMITS_RATE?"
        ])
    }

    @Test("an empty file, one of comments and a group without keys say nothing", arguments: [
        "", "# nothing\n", "orders:\n", "~",
    ])
    func emptyFile(yaml: String) throws {
        #expect(try load(yaml).duration("orders.timeout") == .seconds(5))
    }

    @Test("aliases and dotted keys work")
    func aliases() throws {
        let configuration = try load("orders.timeout: &t 3s\nname: *t\n")
        #expect(configuration.duration("orders.timeout") == .seconds(3))
        #expect(configuration.string("name") == "3s")
    }

    @Test("a group can be read by itself")
    func scope() throws {
        #expect(try load().scoped(to: "orders").duration("timeout") == .seconds(5))
    }
}
