internal import FlotillaHTTP

/// A path taken apart as a service would, and refused where a service might take it apart differently: with a segment
/// that leads upwards, be it written as `..`, `%2e%2e` or `..;x`, it is not said whose path that is.
enum RequestPath {
    /// Decoded; nil when it is not clear.
    static func decoded(_ path: String) -> String? {
        var path = path
        if path.withUTF8(isPlain) { return path }
        return segments(path).map { "/" + $0.joined(separator: "/") }
    }

    /// A segment by its place from 0, or all from there on, decoded; nil when there is none or it is not clear.
    static func segment(_ place: Int, isRest: Bool, of path: String) -> String? {
        var path = path
        if path.withUTF8(isPlain) { return path.withUTF8 { plain(place, isRest, of: $0) } }
        guard let decoded = segments(path), decoded.indices.contains(place) else { return nil }
        return isRest ? decoded[place...].joined(separator: "/") : decoded[place]
    }

    /// Whether every reader takes it for the same: nothing is encoded, and no segment begins with a dot.
    private static func isPlain(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        var before = UInt8(0)
        for byte in path {
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: ";"): return false
            case UInt8(ascii: ".") where before == UInt8(ascii: "/"): return false
            default: before = byte
            }
        }
        return true
    }

    private static func plain(_ place: Int, _ isRest: Bool, of path: UnsafeBufferPointer<UInt8>) -> String? {
        guard !path.isEmpty else { return nil }
        var start = 1
        var segment = 0
        for (index, byte) in path.enumerated().dropFirst() where byte == UInt8(ascii: "/") {
            if segment == place, !isRest { return String(decoding: path[start..<index], as: UTF8.self) }
            if segment < place { start = index + 1 }
            segment += 1
        }
        return segment >= place ? String(decoding: path[start...], as: UTF8.self) : nil
    }

    private static func segments(_ path: String) -> [String]? {
        var decoded: [String] = []
        for segment in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let text = PercentEncoding.decode(segment, plusIsSpace: false) else { return nil }
            for part in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
                let bare = part.prefix { $0 != UInt8(ascii: ";") }
                if bare.elementsEqual(".".utf8) || bare.elementsEqual("..".utf8) { return nil }
            }
            decoded.append(text)
        }
        return decoded
    }
}
