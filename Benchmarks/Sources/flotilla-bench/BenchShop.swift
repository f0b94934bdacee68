import FlotillaConfiguration
import FlotillaCore
import FlotillaObservability
import FlotillaRuntime
import ShopSystem

/// The Shop as the benchmarks run it: its defaults, but cheap passwords, no limits and plenty of stock.
enum BenchShop {
    static let products = 50

    /// `prod-0001` and so on.
    static func product(_ number: Int) -> String { "prod-" + String(10_000 + number).dropFirst() }

    static func configuration(data: String, sheds: Bool = true) throws -> Configuration {
        try Configuration.load(
            ShopConfiguration.schema,
            flags: [
                ConfigurationFlag("bench", sets: "data", to: data),
                ConfigurationFlag("bench", sets: "gateway.port", to: "0"),
                ConfigurationFlag("bench", sets: "operations.port", to: "0"),
                ConfigurationFlag("bench", sets: "gateway.rateLimits", to: "off"),
                ConfigurationFlag("bench", sets: "gateway.sheds", to: sheds ? "true" : "false"),
                ConfigurationFlag("bench", sets: "users.passwordCost", to: "4"),
                ConfigurationFlag("bench", sets: "quiet", to: "true"),
            ])
    }

    static func fleet(in folder: String) throws -> Fleet {
        Fleet(
            try ShopFleet.map(isDemo: true),
            options: FleetOptions(
                dataFolder: folder,
                identity: .init(issuer: "http://127.0.0.1:8080", audience: "shop", service: "users"),
                settings: ["users": ServiceSettings(texts: ["demoUsers": "on"], numbers: ["passwordCost": 4])]))
    }

    static let password = "sail-on-2026"
    static func signIn(_ email: String) -> String { #"{"email":"\#(email)","password":"\#(password)"}"# }
    static func registration(_ email: String) -> String {
        #"{"email":"\#(email)","password":"\#(password)","name":"Bench"}"#
    }
    static let card = #"{"number":"4242424242424242","expiryMonth":12,"expiryYear":2030,"cvc":"123"}"#
    static func order(of product: String, with token: String) -> String {
        #"{"items":[{"productId":"\#(product)","quantity":1}],"shippingAddress":{"name":"Ada","line1":"1 Quay","#
            + #""city":"London","postalCode":"E1","country":"GB"},"paymentToken":"\#(token)"}"#
    }
}
