/// Ranges of addresses that do not overlap, in ascending order, to be found by an address in the time of a binary
/// search: those of version 4 by 32 bits, from a table of where each of the 65,536 upper halves begins when there are
/// many.
struct AddressIndex: Sendable {
    /// From so many on the table pays: 256 KiB that save most steps of the search.
    private static let tableMin = 1_024

    private var starts4: [UInt32] = []
    private var ends4: [UInt32] = []
    /// For each upper half, how many ranges begin before it; empty when there is no table.
    private var table4: [UInt32] = []
    private var starts6: [UInt128] = []
    private var ends6: [UInt128] = []
    /// The place in the given ranges of the first of version 4, and of the first behind them.
    private var places4 = 0..<0

    /// - Parameter ranges: ascending, without overlap, none of them on both sides of a border of version 4.
    init(_ ranges: [AddressRange]) {
        for (place, range) in ranges.enumerated() {
            if range.first.isVersion4 {
                if starts4.isEmpty { places4 = place..<place }
                starts4.append(range.first.low)
                ends4.append(range.last.low)
            } else {
                starts6.append(range.first.bits)
                ends6.append(range.last.bits)
            }
        }
        places4 = places4.lowerBound..<(places4.lowerBound + starts4.count)
        guard starts4.count >= Self.tableMin else { return }
        table4.reserveCapacity(65_537)
        var place = 0
        for half in 0..<UInt32(65_536) {
            while place < starts4.count, starts4[place] >> 16 < half { place += 1 }
            table4.append(UInt32(place))
        }
        table4.append(UInt32(starts4.count))
    }

    var isEmpty: Bool { starts4.isEmpty && starts6.isEmpty }

    /// The place, in what was given, of the range that has the address; nil: none has.
    func place(of address: IPAddress) -> Int? {
        if address.isVersion4 {
            let low = address.low
            var (from, to) = (0, starts4.count)
            if !table4.isEmpty {
                let half = Int(low >> 16)
                (from, to) = (Int(table4[half]), Int(table4[half + 1]))
            }
            // The one before may reach into this half.
            let above = Self.firstAbove(low, starts4, from, to)
            guard above > 0, low <= ends4[above - 1] else { return nil }
            return places4.lowerBound + above - 1
        }
        let above = Self.firstAbove(address.bits, starts6, 0, starts6.count)
        guard above > 0, address.bits <= ends6[above - 1] else { return nil }
        return above - 1 < places4.lowerBound ? above - 1 : above - 1 + places4.count
    }

    @inline(__always)
    private static func firstAbove<Key: Comparable>(_ key: Key, _ starts: [Key], _ from: Int, _ to: Int) -> Int {
        starts.withUnsafeBufferPointer { starts in
            var (low, high) = (from, to)
            while low < high {
                let middle = (low &+ high) >> 1
                if starts[middle] <= key { low = middle &+ 1 } else { high = middle }
            }
            return low
        }
    }
}
