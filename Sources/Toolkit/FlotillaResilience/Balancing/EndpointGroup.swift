/// Endpoints among which calls are spread, with what the algorithm needs to do so in constant time. Immutable.
///
/// A class, so that to pick from it takes hold of one object and not of each array in it.
final class EndpointGroup: Sendable {
    /// What a pick goes by, besides the load of the endpoints.
    struct Draw {
        /// Counts the picks.
        var turn: UInt64
        /// Random bits.
        var bits: UInt64
        /// The key, spread over all bits; nil: any endpoint will do.
        var key: UInt64?
        /// How many times this pick has been made already, with an endpoint that was not wanted.
        var again: Int
        var tick: Tick
        /// Calls under way at all endpoints.
        var inFlight: Int
    }

    let endpoints: [Endpoint]
    private let shares: [Double]
    private let alias: AliasTable?
    private let maglev: MaglevTable?

    /// - Parameters:
    ///   - endpoints: sorted by ID.
    ///   - weights: one an endpoint, each above 0.
    init(_ endpoints: [Endpoint], weights: [Double], algorithm: BalancerPolicy.Algorithm) {
        self.endpoints = endpoints
        let total = weights.reduce(0, +)
        shares = weights.map { $0 / total }
        let isEven = weights.allSatisfy { $0 == weights.first }
        alias = isEven || endpoints.isEmpty ? nil : AliasTable(weights)
        maglev =
            algorithm == .consistentHash && !endpoints.isEmpty
            ? MaglevTable(names: endpoints.map(\.instance.id.text), weights: weights) : nil
    }

    /// The endpoint of a pick. There must be one.
    @inline(__always)
    func pick(_ draw: Draw, _ plan: BalancerPlan) -> Endpoint {
        switch plan.algorithm {
        case .roundRobin, .weighted: inTurn(draw)
        case .leastRequest: leastRequest(draw)
        case .peakEWMA: leastWait(draw, plan.memory)
        case .consistentHash: ofKey(draw, plan.hashLoadMax)
        }
    }

    /// Even weights: one after the other. Others: multiples of the golden ratio, which are spread over the unit
    /// interval more evenly than chance, so that no endpoint gets a burst.
    @inline(__always)
    private func inTurn(_ draw: Draw) -> Endpoint {
        let turn = draw.turn &+ UInt64(draw.again)
        guard let alias else { return endpoints[Int(turn % UInt64(endpoints.count))] }
        return endpoints[alias.index(at: turn &* 0x9E37_79B9_7F4A_7C15)]
    }

    @inline(__always)
    private func leastRequest(_ draw: Draw) -> Endpoint {
        let (first, second) = two(draw)
        return endpoints[second].callsInFlight < endpoints[first].callsInFlight
            ? endpoints[second] : endpoints[first]
    }

    @inline(__always)
    private func leastWait(_ draw: Draw, _ memory: PeakMemory) -> Endpoint {
        let (first, second) = two(draw)
        let firstWait = endpoints[first].expectedWait(at: draw.tick, memory)
        let secondWait = endpoints[second].expectedWait(at: draw.tick, memory)
        return secondWait < firstWait ? endpoints[second] : endpoints[first]
    }

    /// Two endpoints drawn by weight; different ones unless a single one has nearly all the weight.
    @inline(__always)
    private func two(_ draw: Draw) -> (Int, Int) {
        let count = UInt64(endpoints.count)
        let more = MaglevTable.mixed(draw.bits)
        guard let alias else {
            guard count > 1 else { return (0, 0) }
            let first = Int(draw.bits.multipliedFullWidth(by: count).high)
            let second = Int(more.multipliedFullWidth(by: count - 1).high)
            return (first, second >= first ? second + 1 : second)
        }
        let first = alias.index(at: draw.bits)
        var second = alias.index(at: more)
        if second == first { second = alias.index(at: more &* 0x9E37_79B9_7F4A_7C15) }
        return (first, second)
    }

    /// The key's first choice that is not overloaded. So many choices are looked at and no more; of those that are all
    /// overloaded the last is taken.
    private func ofKey(_ draw: Draw, _ loadMax: Double) -> Endpoint {
        guard let maglev else { return inTurn(draw) }
        let key = draw.key ?? draw.bits
        var choice = draw.again
        while true {
            let member = maglev.member(of: key, choice: choice)
            // For whole numbers the same as a limit rounded up, which is what bounded loads have.
            let limit = loadMax * Double(draw.inFlight + 1) * shares[member]
            choice += 1
            if Double(endpoints[member].callsInFlight) < limit || choice >= draw.again + 32 {
                return endpoints[member]
            }
        }
    }
}
