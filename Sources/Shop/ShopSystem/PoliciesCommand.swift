internal import ArgumentParser
internal import FlotillaConfiguration
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import Foundation

/// `shop policies`: what every call of the Shop goes by, and what that comes to.
struct PoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policies", abstract: "Explains and checks what calls, consumers and databases go by.",
        subcommands: [ExplainPoliciesCommand.self, CheckPoliciesCommand.self, PolicySchemaCommand.self])
}

/// What both commands read.
struct PolicySource: ParsableArguments {
    @Option(help: "A policy file; by default SHOP_POLICIES, or the Shop's own.") var policies: String?
    @Flag(help: "Print JSON.") var json = false

    /// The file, and the fleet it is for.
    func read() throws -> (file: ConfigurationFile, shape: FleetShape) {
        let path = policies ?? ProcessInfo.processInfo.environment["SHOP_POLICIES"]
        return (try ShopPolicies.file(path).file, ShopPolicies.shape(of: try ShopFleet.map(isDemo: false)))
    }

    /// Says what is wrong with a configuration as `shop up` does, and ends with its exit code.
    func complaining(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ConfigurationError {
            Terminal.complain("shop: \(error)")
            throw ExitCode(78)
        }
    }
}

/// `shop policies explain`.
struct ExplainPoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says what holds for a call, a message, a consumer or a database, and why.",
        discussion: """
            Without a name, for all of them, a line each. Names are like "orders → catalog.GetProducts" (or ->), \
            catalog.GetProducts, "orders → payments.ProcessPayment", "consumer payments" and "database orders".
            """)

    @OptionGroup var source: PolicySource
    @Argument(help: "What to explain.") var target: String?

    func run() throws {
        try source.complaining {
            let (yaml, shape) = try source.read()
            let file = try PolicyFile.read(yaml, for: shape)
            let all =
                target.map { PolicyAnswer.find($0, in: file, for: shape) }
                ?? PolicyAnswer.all(in: file, for: shape)
            guard !all.isEmpty else {
                let name = target ?? ""
                Terminal.complain(
                    "shop: nothing in the fleet is called \"\(name)\""
                        + PolicyAnswer.suggestion(for: name, for: shape)
                        + "; 'shop policies explain' lists everything.")
                throw ExitCode(64)
            }
            if source.json {
                Terminal.write(String(decoding: all.jsonBytes(), as: UTF8.self) + "\n")
            } else if target == nil {
                Terminal.write(all.map { $0.line + "\n" }.joined())
            } else {
                Terminal.write(all.map(\.text).joined(separator: "\n"))
            }
        }
    }
}

/// `shop policies check`.
struct CheckPoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Works out the worst case of every way in; refuses a plan that cannot hold.",
        discussion: """
            Refused are retries that multiply past their budget, timeouts longer than whoever waits, circles of calls, \
            and queues without an end; then the exit code is 78. 'shop up' checks the same before it starts.
            """)

    @OptionGroup var source: PolicySource

    func run() throws {
        try source.complaining {
            let (yaml, shape) = try source.read()
            let plan = PolicyPlan(try PolicyFile.read(yaml, for: shape), for: shape)
            Terminal.write(source.json ? String(decoding: plan.jsonBytes(), as: UTF8.self) + "\n" : plan.text)
            guard plan.refusals.isEmpty else { throw ExitCode(78) }
        }
    }
}

/// `shop policies schema`.
struct PolicySchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of a policy file, for editors.")

    func run() throws { Terminal.write(PolicyFile.jsonSchema) }
}
