import Foundation

/// What the customers of an overloaded shop want, and what it takes to ask for it.
enum Wish: Int, CaseIterable, Sendable {
    case browse
    case cart
    case checkout

    /// 80 % browsing, 15 % cart, 5 % checkout.
    var share: Double {
        switch self {
        case .browse: 0.80
        case .cart: 0.15
        case .checkout: 0.05
        }
    }

    static func random(_ unit: Double) -> Wish {
        unit < Wish.browse.share ? .browse : unit < 1 - Wish.checkout.share ? .cart : .checkout
    }
}

/// What became of the wishes of one phase.
struct WishFigures: Sendable {
    var offered = 0
    /// Answered well before the customer lost patience.
    var good = 0
    /// Of these, answered by what had been answered before.
    var kept = 0
    /// Answered 503.
    var shed = 0
    /// Answered well, but too late; or not even sent, because no connection was free in time.
    var late = 0
    /// Answered otherwise.
    var failed = 0
    /// Seconds from the moment the customer wanted it, of the good ones.
    var latencies = Samples()

    static func + (left: WishFigures, right: WishFigures) -> WishFigures {
        var sum = left
        sum.offered += right.offered
        sum.good += right.good
        sum.kept += right.kept
        sum.shed += right.shed
        sum.late += right.late
        sum.failed += right.failed
        sum.latencies.add(right.latencies.values)
        return sum
    }

    var successShare: String { offered == 0 ? "–" : String(format: "%.2f %%", 100 * Double(good) / Double(offered)) }
    func share(_ count: Int) -> String { String(format: "%.0f %%", 100 * Double(count) / Double(max(1, offered))) }
}

/// One phase of load.
struct PhaseFigures: Sendable {
    var seconds = 0.0
    /// CPU seconds of the thread that makes the load.
    var loadCPU = 0.0
    /// CPU seconds of the Shop, until it had done what the phase left it with.
    var shopCPU = 0.0
    /// Seconds from the end of the phase until then.
    var settling = 0.0
    /// CPU seconds others took of the Shop's core meanwhile: other processes, and the host of a virtual machine.
    var othersCPU = 0.0
    var wishes = Array(repeating: WishFigures(), count: Wish.allCases.count)
    /// By the moment at which they were wanted, in tenths of a second: how many, and how many went well.
    var offeredAt: [Int] = []
    var goodAt: [Int] = []
    /// The first answer that was neither good nor 503.
    var firstFailure: String?

    subscript(_ wish: Wish) -> WishFigures { wishes[wish.rawValue] }
    var all: WishFigures { wishes.reduce(WishFigures(), +) }
    var goodPerSecond: Double { Double(all.good) / seconds }
    /// Good ones for which the Shop has done something anew.
    var freshPerSecond: Double { Double(all.good - all.kept) / seconds }

    /// Seconds from the beginning until at least 99 % go well in every half second to the end; nil: never.
    var secondsToFullService: Double? {
        let halves = stride(from: 0, to: offeredAt.count, by: 5).map { start in
            let range = start..<min(start + 5, offeredAt.count)
            return (offeredAt[range].reduce(0, +), goodAt[range].reduce(0, +))
        }
        guard let last = halves.lastIndex(where: { Double($0.1) < 0.99 * Double($0.0) }) else { return 0 }
        return last == halves.count - 1 ? nil : Double(last + 1) / 2
    }
}

/// Everything the load needs to know about the shop it is sent to.
struct LoadScript: Sendable {
    private let accessTokens: [String]
    private let paymentTokens: [String]
    private let carts: [String]
    /// What is asked for again and again is written once.
    private let products: [[UInt8]]
    private let list = get("/api/v1/products?limit=10")
    private let suggestion = get("/api/v1/products/suggest?q=ha")
    private let cartLooks: [[UInt8]]

    init(accessTokens: [String], paymentTokens: [String], carts: [String]) {
        (self.accessTokens, self.paymentTokens, self.carts) = (accessTokens, paymentTokens, carts)
        products = (1...BenchShop.products).map { Self.get("/api/v1/products/\(BenchShop.product($0))") }
        cartLooks = carts.map { Self.get("/api/v1/carts/\($0)") }
    }

    /// A request, ready to be sent.
    func bytes(_ wish: Wish, number: Int, run: String, _ random: inout SplitMix) -> [UInt8] {
        let product = random.below(BenchShop.products) + 1
        switch wish {
        case .browse:
            switch random.below(8) {
            case 0...4: return products[product - 1]
            case 5, 6: return list
            default: return suggestion
            }
        case .cart:
            let cart = number % carts.count
            if random.below(3) > 0 { return cartLooks[cart] }
            let item = BenchShop.product(product)
            return Self.send("PUT", "/api/v1/carts/\(carts[cart])/items/\(item)", #"{"quantity":2}"#, "")
        case .checkout:
            let customer = number % accessTokens.count
            return Self.send(
                "POST", "/api/v1/orders",
                BenchShop.order(of: BenchShop.product(product), with: paymentTokens[customer]),
                "Authorization: Bearer \(accessTokens[customer])\r\nIdempotency-Key: \(run)-\(number)\r\n")
        }
    }

    private static func get(_ target: String) -> [UInt8] {
        Array("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
    }

    private static func send(_ method: String, _ target: String, _ body: String, _ fields: String) -> [UInt8] {
        Array(
            ("\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)").utf8)
    }
}

/// SplitMix64: the same seed gives the same load.
struct SplitMix: Sendable {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func exponential(_ mean: Double) -> Double { -mean * log(1 - unit()) }
}
