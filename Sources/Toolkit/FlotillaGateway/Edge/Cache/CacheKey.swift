/// What is asked for: host, path and those parts of the query that count (RFC 9111, section 2, primary key).
///
/// The method is not part of it, for only answers to `GET` are kept, which answer `HEAD` as well. Paths and queries
/// count as they were sent: two spellings of one path are two keys, never one key for what may be two things.
struct CacheKey: Sendable, Hashable {
    let text: String
    /// Picks the shard; the same in every process.
    let place: UInt64

    /// - Parameter names: of the parameters that count, sorted; nil: all do.
    init(host: String, path: String, query: String, names: [String]? = nil) {
        var text = Self.lowercased(host)
        text.reserveCapacity(text.utf8.count + path.utf8.count + query.utf8.count + 1)
        text += path
        let counted = names.map { Self.counted(query, $0) } ?? query
        if !counted.isEmpty {
            text += "?"
            text += counted
        }
        place = text.withUTF8 { Self.place(of: UnsafeRawBufferPointer($0)) }
        self.text = text
    }

    /// Eight bytes at a time; a byte at a time it was the longest part of a look. Who makes two keys with one value
    /// gains nothing but that they share a part of the cache.
    private static func place(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
        var start = 0
        while start < bytes.count {
            var word: UInt64 = 0
            if start + 8 <= bytes.count {
                word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            } else {
                for place in start..<bytes.count { word = word << 8 | UInt64(bytes[place]) }
            }
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            start += 8
        }
        return hash
    }

    static func == (left: CacheKey, right: CacheKey) -> Bool { left.place == right.place && left.text == right.text }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// Those parameters that count, in the order of their names.
    ///
    /// What could be read in two ways counts: a name with an escape may be one that counts, and some servers take `;`
    /// for `&`. Else an answer to one thing could be kept for another.
    private static func counted(_ query: String, _ names: [String]) -> String {
        guard !query.isEmpty, !query.utf8.contains(UInt8(ascii: ";")) else { return query }
        var kept: [(name: Substring, pair: Substring)] = []
        for pair in query.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            let isOdd = name.utf8.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 >= 128 }
            // Some servers read a[] and a[b] as parts of a.
            let stem = name.prefix { $0 != "[" }
            if isOdd || names.contains(where: { $0 == name || $0 == stem }) { kept.append((name, pair)) }
        }
        // Stable: two of one name stay in their order.
        let sorted = kept.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
        return sorted.map(\.element.pair).joined(separator: "&")
    }

    private static func lowercased(_ host: String) -> String {
        host.utf8.contains { (65...90).contains($0) } ? host.lowercased() : host
    }
}
