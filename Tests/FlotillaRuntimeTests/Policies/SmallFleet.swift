internal import FlotillaConfiguration
internal import FlotillaRuntime

/// A fleet of a few services, to hold policies against.
enum SmallFleet {
    /// gateway → orders → carts → catalog; payments is sent messages.
    static let shape = FleetShape(
        [
            .init("gateway", calls: ["catalog", "orders"], isService: false),
            .init(
                "orders", operations: ["GetOrder"], calls: ["carts", "catalog"],
                publishes: ["shop.payments.process-payment.v1"]),
            .init("carts", operations: ["GetCart"], calls: ["catalog"], schedules: ["expire": .seconds(60)]),
            .init("catalog", operations: ["GetProducts"]),
            .init(
                "payments", consumes: ["shop.payments.process-payment.v1"], activities: ["charge-card"]),
        ],
        routes: [
            .init("GET /orders", door: "gateway", to: "orders", timeout: .seconds(5), isRead: true),
            .init("POST /orders", door: "gateway", to: "orders", timeout: .seconds(5), isRead: false),
            .init("GET /products", door: "gateway", to: "catalog", timeout: .seconds(5), isRead: true),
        ])

    /// A file whose plan holds.
    static let sound = """
        retries:
          once-more: {attempts: 2, budget: {share: 10%}}
        policies:
          outer: {about: From outside., timeout: 4s, retry: once-more}
          inner: {like: outer, timeout: 1s}
        targets:
          calls:
            "gateway → *": outer
            "*": inner
        """

    static func read(_ text: String, for shape: FleetShape? = shape) throws(ConfigurationError) -> PolicyFile {
        try PolicyFile.read(ConfigurationFile(path: "p.yaml", text: text), for: shape)
    }

    /// Everything that is wrong with a file; empty when nothing is.
    static func problems(_ text: String, for shape: FleetShape? = shape) -> [String] {
        do throws(ConfigurationError) {
            _ = try read(text, for: shape)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}
