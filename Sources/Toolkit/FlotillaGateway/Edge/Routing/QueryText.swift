internal import FlotillaHTTP

/// The part of a target behind the `?`.
enum QueryText {
    /// Its parameters in their order, decoded (`application/x-www-form-urlencoded`). What cannot be decoded is left
    /// out.
    static func pairs(_ query: String) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).compactMap { pair in
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let rest = mark == pair.endIndex ? pair[mark...] : pair[pair.index(after: mark)...]
            guard let name = PercentEncoding.decode(pair[..<mark], plusIsSpace: true),
                let value = PercentEncoding.decode(rest, plusIsSpace: true)
            else { return nil }
            return (name, value)
        }
    }
}
