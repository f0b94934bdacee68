/// In which order parts can be had that need each other (topological order; Kahn, "Topological sorting of large
/// networks", 1962).
struct PartOrder {
    private let needs: [[Int]]
    /// All that is not in a circle and needs nothing that is, each after what it needs; of those free to choose, the
    /// one that stands first.
    let places: [Int]

    /// - Parameter needs: for each place the places that come before it.
    init(_ needs: [[Int]]) {
        self.needs = needs
        var places: [Int] = []
        var isDone = Array(repeating: false, count: needs.count)
        // Quadratic, for at most a few dozen parts.
        while let next = needs.indices.first(where: { index in
            !isDone[index] && needs[index].allSatisfy { isDone.indices.contains($0) && isDone[$0] }
        }) {
            isDone[next] = true
            places.append(next)
        }
        self.places = places
    }

    /// The shortest way from a place back to itself, the place at both ends; nil when there is none, or no such place.
    func circle(through place: Int) -> [Int]? {
        guard needs.indices.contains(place), !places.contains(place) else { return nil }
        var ways = [[place]]
        var seen: Set<Int> = []
        while !ways.isEmpty {
            var longer: [[Int]] = []
            for way in ways {
                for need in needs[way[way.count - 1]] {
                    if need == place { return way + [place] }
                    if needs.indices.contains(need), seen.insert(need).inserted { longer.append(way + [need]) }
                }
            }
            ways = longer
        }
        return nil
    }
}
