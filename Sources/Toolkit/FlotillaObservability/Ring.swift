/// The latest elements, up to a capacity; each has a position, counted from the first ever appended.
struct Ring<Element> {
    private var elements: [Element] = []
    private var start = 0
    private let capacity: Int
    /// How many elements were ever appended.
    private(set) var appendedCount: UInt64 = 0

    init(capacity: Int) {
        precondition((1...1_000_000).contains(capacity), "a ring holds 1 to 1,000,000 elements, not \(capacity)")
        self.capacity = capacity
    }

    var count: Int { elements.count }
    /// The position of the oldest element still here.
    var firstPosition: UInt64 { appendedCount - UInt64(elements.count) }

    /// - Returns: the element that had to go.
    mutating func append(_ element: Element) -> Element? {
        appendedCount += 1
        guard elements.count == capacity else {
            elements.append(element)
            return nil
        }
        let evicted = elements[start]
        elements[start] = element
        start = start + 1 == capacity ? 0 : start + 1
        return evicted
    }

    /// The element at a position, if it is still here.
    subscript(position: UInt64) -> Element? {
        guard position >= firstPosition, position < appendedCount else { return nil }
        return at(Int(position - firstPosition))
    }

    /// The latest `limit` elements that match, oldest first.
    func latest(_ limit: Int, where matches: (Element) -> Bool) -> [Element] {
        guard limit > 0 else { return [] }
        var result: [Element] = []
        for offset in stride(from: elements.count - 1, through: 0, by: -1) {
            let element = at(offset)
            guard matches(element) else { continue }
            result.append(element)
            if result.count == limit { break }
        }
        return result.reversed()
    }

    /// Up to `limit` elements from `position` on, oldest first, and the position to go on from.
    func elements(after position: UInt64, limit: Int) -> (elements: [Element], next: UInt64) {
        let from = min(max(position, firstPosition), appendedCount)
        let to = min(from + UInt64(max(0, limit)), appendedCount)
        return ((from..<to).map { at(Int($0 - firstPosition)) }, to)
    }

    private func at(_ offset: Int) -> Element {
        let index = start + offset
        return elements[index < elements.count ? index : index - elements.count]
    }
}
