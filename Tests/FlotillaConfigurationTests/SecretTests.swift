internal import FlotillaConfiguration
internal import FlotillaCore
internal import Foundation
internal import Testing

private typealias Configuration = FlotillaConfiguration.Configuration

@Suite("Secrets in a configuration") struct SecretTests {
    @Test("a secret is not in a message, a listing or a description")
    func hidden() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(schema, environment: ["SHOP_PAYMENTS_API_KEY": "hush"])
        }
        #expect(error?.problems.map(\.description) == [
            "payments.api-key: its value cannot be used (SHOP_PAYMENTS_API_KEY in the environment). "
                + "Allowed: text of 8 to 64 bytes."
        ])
        let configuration = try Configuration.load(schema, environment: ["SHOP_PAYMENTS_API_KEY": "hush-hush-hush"])
        let line = try #require(configuration.lines().first { $0.key == "payments.api-key" })
        #expect(line.value == "<secret>")
        #expect("\(configuration.secret("payments.api-key"))" == "<secret>")
        #expect(!schema.markdown().contains("hush"))
    }

    @Test("a secret can come from a file a variable names, and the variable itself wins")
    func secretFile() throws {
        let id = World.system().ids.make()
        let file = FileManager.default.temporaryDirectory.appending(path: "flotilla-secret-\(id)")
        try Data("from-a-file\n".utf8).write(to: file)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        let byFile = try Configuration.load(schema, environment: ["SHOP_PAYMENTS_API_KEY_FILE": file.path])
        #expect(byFile.secret("payments.api-key").exposed == "from-a-file")
        #expect(
            byFile.origin(of: "payments.api-key")
                == .secretFile(path: file.path, variable: "SHOP_PAYMENTS_API_KEY_FILE"))
        let both = try Configuration.load(
            schema,
            environment: ["SHOP_PAYMENTS_API_KEY_FILE": file.path, "SHOP_PAYMENTS_API_KEY": "from-the-variable"])
        #expect(both.secret("payments.api-key").exposed == "from-the-variable")
    }

    @Test("a secret's file that is not there is told of")
    func missingFile() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(schema, environment: ["SHOP_PAYMENTS_API_KEY_FILE": "/nowhere/key"])
        }
        #expect(error?.problems.map(\.description) == [
            "payments.api-key: its file cannot be opened (No such file or directory) (/nowhere/key, named by "
                + "SHOP_PAYMENTS_API_KEY_FILE). Allowed: a readable file of at most 65536 bytes."
        ])
    }
}
