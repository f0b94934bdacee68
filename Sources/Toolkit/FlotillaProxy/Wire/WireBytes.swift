#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The only way in which the parsers look at bytes: each access is checked against the bounds, in release as well.
///
/// (The subscript of `UnsafeRawBufferPointer` is checked in debug only.) A failed check is a defect of ours and ends
/// the process; no input may reach one, which is what the fuzzing is for.
struct WireBytes {
    let raw: UnsafeRawBufferPointer

    init(_ raw: UnsafeRawBufferPointer) { self.raw = raw }

    @inline(__always) var count: Int { raw.count }

    @inline(__always) subscript(_ place: Int) -> UInt8 {
        precondition(place >= 0 && place < raw.count, "a byte out of bounds")
        return raw[place]
    }

    /// Eight bytes from `place` on, as they lie in memory.
    @inline(__always) func word(at place: Int) -> UInt64 {
        precondition(place >= 0 && place &+ 8 <= raw.count, "a word out of bounds")
        return raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    }

    /// Where the first `byte` stands in `start..<end`; nil when there is none.
    @inline(__always) func first(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        precondition(start >= 0 && end <= raw.count, "a search out of bounds")
        guard start < end, let base = raw.baseAddress else { return nil }
        guard let found = memchr(base + start, Int32(byte), end - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Whether `start..<end` says `text` (lower case letters, digits, `-`, `:`, `/`), whatever the case of its letters.
    @inline(__always) func says(_ text: StaticString, _ start: Int, _ end: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard end &- start == length else { return false }
        precondition(start >= 0 && end <= raw.count, "a comparison out of bounds")
        let wanted = UnsafeRawPointer(text.utf8Start)
        var place = 0
        while place &+ 8 <= length {
            let word = raw.loadUnaligned(fromByteOffset: start &+ place, as: UInt64.self)
            let lower: UInt64 = 0x2020_2020_2020_2020
            guard word | lower == wanted.loadUnaligned(fromByteOffset: place, as: UInt64.self),
                // Without either of these bits it is a control character, which must not pass for what is 0x20 above.
                (word | word &>> 1) & lower == lower
            else { return false }
            place &+= 8
        }
        while place < length {
            let byte = wanted.load(fromByteOffset: place, as: UInt8.self)
            guard WireByte.lowercase(raw[start &+ place]) == byte else { return false }
            place &+= 1
        }
        return true
    }

    /// Whether two ranges say the same, whatever the case of their letters.
    func same(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for place in 0..<one.count {
            let left = WireByte.lowercase(self[one.lowerBound + place])
            guard left == WireByte.lowercase(self[other.lowerBound + place]) else { return false }
        }
        return true
    }

    /// `start..<end` without spaces and tabs at its ends (OWS, RFC 9110 §5.6.3).
    @inline(__always) func trimmed(_ start: Int, _ end: Int) -> (start: Int, end: Int) {
        var start = start
        var end = end
        while start < end, WireByte.isBlank(self[start]) { start &+= 1 }
        while end > start, WireByte.isBlank(self[end &- 1]) { end &-= 1 }
        return (start, end)
    }
}
