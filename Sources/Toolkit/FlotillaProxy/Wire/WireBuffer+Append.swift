extension WireBuffer {
    /// Appends a copy of `bytes`, which must not lie in this very buffer.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        put(base, bytes.count)
    }

    /// Appends a copy of `bytes`.
    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends one byte.
    public mutating func append(byte: UInt8) {
        let room = writable(atLeast: 1)
        room[0] = byte
        commit(1)
    }

    /// Appends text known when compiling: no conversion, no allocation.
    public mutating func append(_ text: StaticString) {
        put(text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Appends a text as UTF-8. Strings of the program are contiguous, so this allocates nothing.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends `number` in decimal digits.
    public mutating func append(decimal number: Int) {
        // The longest, Int.min, has 19 digits and a sign; 10^19 still fits the bound.
        let room = writable(atLeast: 20)
        var digits = 1
        var bound: UInt = 10
        let magnitude = number.magnitude
        while magnitude >= bound {
            digits += 1
            bound *= 10
        }
        var rest = magnitude
        let sign = number < 0 ? 1 : 0
        for place in stride(from: digits - 1 + sign, through: sign, by: -1) {
            room[place] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            rest /= 10
        }
        if sign == 1 { room[0] = UInt8(ascii: "-") }
        commit(digits + sign)
    }

    /// Appends `number` (not negative) in hexadecimal digits, as a chunk's size is written.
    public mutating func append(hexadecimal number: Int) {
        precondition(number >= 0, "a size is not negative")
        let digits = number == 0 ? 1 : (Int.bitWidth - number.leadingZeroBitCount + 3) / 4
        let room = writable(atLeast: digits)
        var rest = number
        for place in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            room[place] = digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")
            rest >>= 4
        }
        commit(digits)
    }
}
