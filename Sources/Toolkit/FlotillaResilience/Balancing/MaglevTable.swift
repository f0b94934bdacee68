internal import FlotillaCore

/// Which member a key belongs to, in one table look-up (Eisenbud et al., "Maglev: A Fast and Reliable Software Network
/// Load Balancer", NSDI 2016, section 3.4; weights as in Envoy).
///
/// 65,537 slots whatever the number of members, so that no number of members moves all the keys. Members have equal
/// shares of the slots to within one; a member that comes or goes moves its own keys and a few percent of the others.
/// 128 KiB; building takes a few milliseconds.
struct MaglevTable: Sendable {
    static let size = 65_537

    private let slots: [UInt16]

    /// - Parameters:
    ///   - names: 1 to 4,096, the same in the same order in every process that is to agree.
    ///   - weights: one a name, each above 0.
    init(names: [String], weights: [Double]) {
        let size = Self.size
        let starts = names.map { Int(Self.mixed(StableHash($0).value) % UInt64(size)) }
        let steps = names.map { name -> Int in
            var hash = StableHash(seed: 0x5EED)
            hash.combine(name.utf8)
            return Int(Self.mixed(hash.value) % UInt64(size - 1)) + 1
        }
        let heaviest = weights.max() ?? 1
        var positions = starts
        var targets = [Double](repeating: 0, count: names.count)
        var slots = [UInt16](repeating: .max, count: size)
        var filled = 0
        var round = 1.0
        while filled < size {
            for member in names.indices where filled < size && round * weights[member] >= targets[member] {
                targets[member] += heaviest
                var position = positions[member]
                while slots[position] != .max {
                    position += steps[member]
                    if position >= size { position -= size }
                }
                slots[position] = UInt16(member)
                positions[member] = position
                filled += 1
            }
            round += 1
        }
        self.slots = slots
    }

    /// The member of a key's choice number `choice`, which is 0 for its first.
    @inline(__always)
    func member(of key: UInt64, choice: Int) -> Int {
        let slot = key.multipliedFullWidth(by: UInt64(Self.size)).high
        return Int(slots[(Int(slot) + choice) % Self.size])
    }

    /// Spreads the differences between keys over all their bits (the finalizer of SplitMix64).
    @inline(__always)
    static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
