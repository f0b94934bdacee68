/// Brings paths into the one form that rules may compare (RFC 3986 §6.2.2), so that no other spelling of a path goes
/// around a rule: what a rule has seen is what the upstream should be sent (``RequestRewrite/target``).
public enum WirePath {
    /// Replaces the content of `result` by the normal form of `path`, a path that ``RequestHeadParser`` let through
    /// and that is not plain (``RequestHead/isPathPlain``).
    ///
    /// Encoded letters, digits, `-`, `.`, `_` and `~` are decoded, other encodings get capitals, `.` and `..` are
    /// resolved, and neighbouring slashes become one. Normalising twice changes nothing more. Allocates nothing once
    /// `result` has the room.
    ///
    /// - Returns: false when the path may mean different things to different readers, and had better be refused: it
    ///   leaves the root by `..`, or has an encoded slash, backslash, control character or percent sign.
    public static func normalize(_ path: UnsafeRawBufferPointer, into result: inout [UInt8]) -> Bool {
        let bytes = WireBytes(path)
        result.removeAll(keepingCapacity: true)
        result.reserveCapacity(bytes.count + 1)
        var isClear = true
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == slash {
                isClear = endSegment(&result) && isClear
                if result.last != slash { result.append(slash) }
            } else if byte == percent, place + 2 < bytes.count, let high = WireByte.hexadecimal(bytes[place + 1]),
                let low = WireByte.hexadecimal(bytes[place + 2])
            {
                isClear = appendDecoded(UInt8(high << 4 | low), &result) && isClear
                place += 2
            } else {
                isClear = isClear && byte != percent
                result.append(byte)
            }
            place += 1
        }
        isClear = endSegment(&result) && isClear
        if result.isEmpty { result.append(slash) }
        return isClear
    }

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")
    private static let percent = UInt8(ascii: "%")

    /// Resolves the last segment when it is `.` or `..`; false when that leads out of the root.
    private static func endSegment(_ result: inout [UInt8]) -> Bool {
        guard result.last == dot else { return true }
        let count = result.count
        if count >= 2, result[count - 2] == slash {
            result.removeLast()
        } else if count >= 3, result[count - 2] == dot, result[count - 3] == slash {
            result.removeLast(3)
            // Nothing but the root's slash was there: it stays, and the path tried to leave it.
            guard let start = result.lastIndex(of: slash) else {
                result.append(slash)
                return false
            }
            result.removeSubrange((start + 1)...)
        }
        return true
    }

    private static func appendDecoded(_ byte: UInt8, _ result: inout [UInt8]) -> Bool {
        if WireByte.isHostName(byte) {
            result.append(byte)
            return true
        }
        result.append(percent)
        result.append(WireByte.upperDigit(byte >> 4))
        result.append(WireByte.upperDigit(byte & 15))
        return byte >= 0x20 && byte != 0x7F && byte != slash && byte != UInt8(ascii: "\\") && byte != percent
    }
}
