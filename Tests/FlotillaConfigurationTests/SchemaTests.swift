internal import Configuration
internal import FlotillaConfiguration
internal import FlotillaCore
internal import Foundation
internal import Testing

private typealias Configuration = FlotillaConfiguration.Configuration

@Suite("Schema and values") struct SchemaTests {
    @Test("the reference is Markdown, a table a group, wherever the keys of no group stand by name")
    func markdown() {
        let schema = ConfigurationSchema(prefix: "SHOP", keys: [
            .path("data", isRequired: false, "A folder."),
            .choice("mode", of: ["a", "b"], default: "a", "One | other."),
            .int("limits.rate", in: 1...9, default: 3, "Requests a second.").live,
            .secret("auth.key", "Signs tokens."),
            .path("auth.file", isRequired: false, "A file."),
        ])
        #expect(schema.markdown() == """
            ## General

            | Key | Variable | Allowed | Default | Meaning |
            |---|---|---|---|---|
            | `data` | `SHOP_DATA` | the path of a file or folder | none | A folder. |
            | `mode` | `SHOP_MODE` | one of a, b | `a` | One \\| other. |

            ## auth

            | Key | Variable | Allowed | Default | Meaning |
            |---|---|---|---|---|
            | `auth.file` | `SHOP_AUTH_FILE` | the path of a file or folder | none | A file. |
            | `auth.key` | `SHOP_AUTH_KEY` | text | required | Signs tokens. *Secret.* |

            ## limits

            | Key | Variable | Allowed | Default | Meaning |
            |---|---|---|---|---|
            | `limits.rate` | `SHOP_LIMITS_RATE` | an integer from 1 to 9 | `3` | Requests a second. *Live.* |

            """)
    }

    @Test("durations read and print", arguments: [
        ("500ms", Duration.milliseconds(500), "500ms"), ("5s", .seconds(5), "5s"), ("2m", .seconds(120), "2m"),
        ("90s", .seconds(90), "90s"), ("1.5h", .seconds(5_400), "90m"), ("0.25s", .milliseconds(250), "250ms"),
        ("7d", .seconds(604_800), "7d"), ("10us", .microseconds(10), "10us"), ("3ns", .nanoseconds(3), "3ns"),
        ("0", .zero, "0s"), ("0s", .zero, "0s"), ("0.000000001d", .nanoseconds(86_400), "86400ns"),
    ])
    func durations(text: String, duration: Duration, printed: String) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.format(duration) == printed)
        #expect(DurationText.parse(printed) == duration)
    }

    @Test("what is no duration is none", arguments: [
        "", "s", "5", "-5s", "+5s", "5 s", "5S", "1.2.3s", ".5s", "5.s", "5s5", "1e3s", "99999999999999999999s",
        "10001d", "9223372036854775807d", "٥s", "0.1234567891s",
    ])
    func noDurations(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test("mistakes in a schema stop the program")
    func programMistakes() async {
        await #expect(processExitsWith: .failure) {
            _ = ConfigurationSchema(prefix: "X", keys: [.bool("a", ""), .bool("a", "")])
        }
        await #expect(processExitsWith: .failure) {
            _ = ConfigurationSchema(prefix: "X", keys: [.bool("aB", ""), .bool("a-b", "")])
        }
        await #expect(processExitsWith: .failure) {
            _ = ConfigurationSchema(prefix: "X", keys: [.bool("a", ""), .bool("a.b", "")])
        }
        await #expect(processExitsWith: .failure) { _ = ConfigurationKey.int("a", in: 1...2, default: 3, "") }
        await #expect(processExitsWith: .failure) { _ = ConfigurationKey.bool("A..b", "") }
    }

    @Test("reading what is not in the schema, or as another type, stops the program")
    func readMistakes() async {
        await #expect(processExitsWith: .failure) {
            let schema = ConfigurationSchema(prefix: "X", keys: [.bool("a", default: true, "")])
            _ = try FlotillaConfiguration.Configuration.load(schema).int("a")
        }
        await #expect(processExitsWith: .failure) {
            let schema = ConfigurationSchema(prefix: "X", keys: [.bool("a", default: true, "")])
            _ = try FlotillaConfiguration.Configuration.load(schema).bool("b")
        }
        await #expect(processExitsWith: .failure) {
            let schema = ConfigurationSchema(prefix: "X", keys: [.secret("a", isRequired: false, "")])
            _ = try FlotillaConfiguration.Configuration.load(schema).optionalString("a")
        }
    }

    @Test("the values can be read through swift-configuration")
    func reader() throws {
        let configuration = try Configuration.load(
            schema, environment: ["SHOP_PAYMENTS_API_KEY": "k-12345678", "SHOP_ORDERS_TIMEOUT": "1500ms"])
        let reader = ConfigReader(configuration)
        #expect(reader.int(forKey: "limits.rate") == 10)
        #expect(reader.string(forKey: "payments.api-key", isSecret: true) == "k-12345678")
        #expect(reader.double(forKey: "orders.timeout") == 1.5)
        #expect(reader.stringArray(forKey: "regions") == ["eu"])
        #expect(reader.bool(forKey: "quiet") == false)
        #expect(reader.string(forKey: "nothing") == nil)
    }

    @Test("live keys change while it runs, others say that they need a restart")
    func live() throws {
        let schema = ConfigurationSchema(prefix: "X", keys: [
            .int("rate", in: 1...9, default: 3, "").live, .int("size", in: 1...9, default: 3, ""),
            .secret("key", isRequired: false, "").live,
        ])
        let live = LiveConfiguration(try Configuration.load(schema))
        let changes = live.replace(
            with: try Configuration.load(schema, environment: ["X_RATE": "5", "X_SIZE": "6", "X_KEY": "hush"]))
        #expect(changes == [
            .init(key: "key", from: nil, to: "<secret>", isInEffect: true),
            .init(key: "rate", from: "3", to: "5", isInEffect: true),
            .init(key: "size", from: "3", to: "6", isInEffect: false),
        ])
        #expect(live.current.int("rate") == 5)
        #expect(live.current.int("size") == 3)
        #expect(live.current.secret("key").exposed == "hush")
        #expect(live.replace(with: live.current).isEmpty)
    }

    @Test("the file is read from disk, or refused with its name")
    func file() throws {
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.read("/nowhere/shop.yaml") }
        #expect(error?.problems.map(\.description) == [
            "the configuration file cannot be opened (No such file or directory) (/nowhere/shop.yaml). "
                + "Allowed: a readable YAML file in UTF-8 of at most 1048576 bytes."
        ])
        let folder = FileManager.default.temporaryDirectory
        #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(folder.path) }
    }
}
