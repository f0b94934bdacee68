/// Draws an index in proportion to weights, in constant time (Walker's alias method, built as by Vose).
struct AliasTable: Sendable {
    private struct Cell {
        var threshold: UInt32
        var alias: UInt32
    }

    private let cells: [Cell]

    /// - Parameter weights: 1 to 65,535 of them, each above 0.
    init(_ weights: [Double]) {
        let total = weights.reduce(0, +)
        var scaled = weights.map { $0 * Double(weights.count) / total }
        var cells = weights.indices.map { Cell(threshold: .max, alias: UInt32($0)) }
        var small = weights.indices.filter { scaled[$0] < 1 }
        var large = weights.indices.filter { scaled[$0] >= 1 }
        while let less = small.popLast(), let more = large.popLast() {
            cells[less] = Cell(threshold: UInt32(scaled[less] * 4_294_967_295), alias: UInt32(more))
            scaled[more] -= 1 - scaled[less]
            if scaled[more] < 1 { small.append(more) } else { large.append(more) }
        }
        self.cells = cells
    }

    /// The index that a position stands for, which is a fraction of 1 in units of 2^-64.
    @inline(__always)
    func index(at position: UInt64) -> Int {
        let (index, fraction) = position.multipliedFullWidth(by: UInt64(cells.count))
        let cell = cells[Int(index)]
        return UInt32(truncatingIfNeeded: fraction >> 32) <= cell.threshold ? Int(index) : Int(cell.alias)
    }
}
