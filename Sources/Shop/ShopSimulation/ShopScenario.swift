internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
public import FlotillaResilience
public import FlotillaRuntime
internal import FlotillaSecurity
public import FlotillaSimulation
internal import Foundation
internal import ShopEdge
internal import Synchronization

/// The whole Shop in the simulator: its services as they run everywhere, customers and operators, and what must
/// hold whatever happens.
///
/// A witness is added to the fleet: a service that takes down every message, so that one which is lost, doubled or
/// out of order shows.
public final class ShopScenario: Scenario {
    public static let unit = "orders"

    /// Orders that customers try to place in a virtual minute, each when it comes to their mind. About twice as many
    /// come in rushes: some 600 in the ten minutes of an ordinary run.
    public static let ordersPerMinute = 20

    let services: [any ServiceBlueprint]
    let products: [String]
    let ledger = ShopLedger()
    private let diary = Diary()
    private let policies: PolicyBook
    private let duration: Duration

    /// - Parameters:
    ///   - services: the Shop's map.
    ///   - products: what is sold, by ID; at least five. Who buys mostly buys the first ones.
    ///   - policies: what calls go by.
    ///   - duration: over how long orders are placed, in virtual time.
    public init(services: [any ServiceBlueprint], products: [String], policies: PolicyBook, duration: Duration) {
        precondition(products.count >= 5, "the simulated shop sells at least five products")
        self.services = services
        self.products = products
        self.policies = policies
        self.duration = duration
    }

    public func map() throws -> FleetMap {
        let types = Set(services.flatMap(\.manifest.publishes)).sorted()
        return try FleetMap(services + [Witness(types: types, diary: diary)])
    }

    public func prepare(_ options: inout FleetOptions) throws {
        options.policies = policies
        options.identity = FleetOptions.Identity(
            issuer: "http://shop.simulated", audience: "shop", service: "users")
        options.settings = [
            "users": ServiceSettings(
                texts: ["issuer": "http://shop.simulated", "demoUsers": "on", "passwordHashing": "inline"],
                numbers: ["passwordCost": 4]),
            // Long enough to be in the midst of a charge when something goes wrong.
            "payments": ServiceSettings(durations: ["providerLatency": .milliseconds(300)]),
            "carts": ServiceSettings(
                durations: ["expiryAge": .seconds(90), "expiryInterval": .seconds(30)]),
            "shipping": ServiceSettings(
                durations: ["dispatchDelay": .seconds(60), "deliveryDelay": .seconds(120)]),
        ]
        try SimulatedKeys.place(in: options.dataFolder + "/users")
    }

    /// Every third run has services with two replicas.
    public func replicas(seed: UInt64) -> [String: Int] {
        guard seed.isMultiple(of: 3) else { return [:] }
        let random = SeededRandom(seed: seed)
        return Self.replicated.reduce(into: [Witness.name: 2]) { replicas, service in
            if random.int(in: 0...1) > 0 { replicas[service] = 2 }
        }
    }

    private static let replicated = [
        "inventory", "notifications", "shipping", "carts", "orders", "payments", "users",
    ]

    /// The witness only watches: each message in a commit of its own would be half of all commits.
    public var rests: [String: Duration] { [Witness.name: .seconds(2)] }

    public var unitCount: Int { ledger.count }

    public func load(_ lab: Lab) async throws {
        let shop = try SimulatedShop(lab, policies: policies)
        try await Operator(shop: shop, products: products).openShop()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let customers = 8
            let purchases = Self.ordersPerMinute * Int(duration.components.seconds) / 60
            let rushes = Rush.drawn(seed: lab.seed, during: duration)
            for number in 0..<customers {
                let customer = Customer(
                    number: number, shop: shop, products: products, ledger: ledger,
                    purchases: max(1, purchases / customers), rushes: rushes, duration: duration)
                group.addTask { try await customer.shopAround() }
            }
            let manager = Operator(shop: shop, products: products)
            group.addTask { try await manager.work(for: self.duration) }
            for try await _ in group {}
        }
    }

    public func unsettled(_ lab: Lab) async throws -> String? {
        for service in lab.services {
            if let reason = try await Settling.missing(in: service, lab) { return reason }
        }
        return try await Settling.openOrders(lab)
    }

    public var invariants: [Invariant] {
        // What others rest on comes first, so that a violation names what is wrong and not what comes of it.
        StorageInvariants.all(diary) + MessageInvariants.all() + OrderInvariants.all(ledger, products)
            + StockInvariants.all + ParcelInvariants.all + MoneyInvariants.all(ledger) + NotificationInvariants.all
            + ReplayInvariants.all
    }
}
