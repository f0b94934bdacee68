internal import ArgumentParser
internal import FlotillaConfiguration
internal import FlotillaHTTP
internal import FlotillaRuntime

/// `shop policies`: what every call of the Shop goes by, and what that comes to.
struct PoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policies", abstract: "Explains and checks what calls, consumers and databases go by.",
        subcommands: [ExplainPoliciesCommand.self, CheckPoliciesCommand.self, PolicySchemaCommand.self])
}

/// What both commands read.
struct PolicySource: ParsableArguments {
    @Option(help: "A policy file; by default that of the settings (SHOP_POLICIES), or the Shop's own.")
    var policies: String?
    @Option(help: "A YAML file with settings.") var config: String?
    @Flag(help: "Print JSON.") var json = false

    /// The file, and the fleet it is for.
    func read() throws -> (file: ConfigurationFile, shape: FleetShape) {
        let settings = try ShopConfiguration.load(
            config, flags: policies.map { [ConfigurationFlag("--policies", sets: "policies", to: $0)] } ?? [])
        let map = try ShopFleet.map(isDemo: false)
        return (try ShopPolicies.file(settings.optionalString("policies")).file, ShopPolicies.shape(of: map))
    }
}

/// `shop policies explain`.
struct ExplainPoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says what holds for a call, a message, a consumer or a database, and why.",
        discussion: """
            Without a name, for all of them, a line each. Names are like "orders → catalog.GetProducts" (or ->), \
            catalog.GetProducts, "orders → payments.ProcessPayment", "door gateway", "balancer catalog", \
            "consumer payments", "activity payments.charge-card" and "database orders".
            """)

    @OptionGroup var source: PolicySource
    @Argument(help: "What to explain.") var target: String?

    func run() throws {
        try Complaining.run {
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
                throw Complaining.usage
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
        try Complaining.run {
            let (yaml, shape) = try source.read()
            let plan = PolicyPlan(try PolicyFile.read(yaml, for: shape), for: shape)
            Terminal.write(source.json ? String(decoding: plan.jsonBytes(), as: UTF8.self) + "\n" : plan.text)
            guard plan.refusals.isEmpty else { throw Complaining.configuration }
        }
    }
}

/// `shop policies schema`.
struct PolicySchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of a policy file, for editors.")

    func run() throws { Terminal.write(PolicyFile.jsonSchema) }
}
