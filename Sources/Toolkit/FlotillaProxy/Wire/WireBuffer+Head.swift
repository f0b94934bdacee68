/// Writing heads. Names are known when compiling; values that come from elsewhere are made harmless on the way, so
/// that no value can end its line and begin another (RFC 9110 §5.5: what may not stand in a value becomes a space).
extension WireBuffer {
    /// `name: value`, of text known when compiling.
    public mutating func appendField(_ name: StaticString, _ value: StaticString) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// `name: value`.
    public mutating func appendField(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        append(name)
        append(": ")
        appendFieldText(value)
        append("\r\n")
    }

    /// `name: value`.
    public mutating func appendField(_ name: StaticString, _ value: [UInt8]) {
        value.withUnsafeBytes { appendField(name, $0) }
    }

    /// `name: value`.
    public mutating func appendField(_ name: StaticString, text value: String) {
        var value = value
        value.withUTF8 { appendField(name, UnsafeRawBufferPointer($0)) }
    }

    /// `name: value`, in decimal digits.
    public mutating func appendField(_ name: StaticString, _ value: Int) {
        append(name)
        append(": ")
        append(decimal: value)
        append("\r\n")
    }

    /// `name: value` with a name from the configuration; writes nothing when `name` is no token.
    public mutating func appendField(name: [UInt8], _ value: [UInt8]) {
        guard !name.isEmpty, name.allSatisfy({ WireByte.isToken($0) }) else { return }
        append(name)
        append(": ")
        value.withUnsafeBytes { appendFieldText($0) }
        append("\r\n")
    }

    /// The empty line that ends a head.
    public mutating func endHead() { append("\r\n") }

    /// What says where the body ends: Content-Length, Transfer-Encoding, or nothing.
    public mutating func appendFraming(_ framing: BodyFraming) {
        switch framing {
        case .none, .untilClose: break
        case .length(let count): appendField("Content-Length", count)
        case .chunked: appendField("Transfer-Encoding", "chunked")
        }
    }

    /// The line before a chunk of `count` bytes, which is not 0; the chunk's bytes and ``endChunk()`` follow.
    public mutating func beginChunk(_ count: Int) {
        precondition(count > 0, "an empty chunk would end the body")
        append(hexadecimal: count)
        append("\r\n")
    }

    /// What stands behind a chunk's bytes.
    public mutating func endChunk() { append("\r\n") }

    /// A whole chunk; nothing when `payload` is empty.
    public mutating func appendChunk(_ payload: UnsafeRawBufferPointer) {
        guard payload.count > 0 else { return }
        beginChunk(payload.count)
        append(payload)
        endChunk()
    }

    /// The end of a chunked body, without trailers.
    public mutating func appendLastChunk() { append("0\r\n\r\n") }

    mutating func appendFieldText(_ value: UnsafeRawBufferPointer) {
        let start = count
        append(value)
        harmless(from: start) { WireByte.isFieldText($0) ? $0 : WireByte.space }
    }

    /// A target: what may not stand in one is percent-encoded, a percent sign that encodes nothing included.
    mutating func appendTarget(_ target: [UInt8]) {
        for place in target.indices {
            let byte = target[place]
            let isEncoding =
                place + 2 < target.count && WireByte.hexadecimal(target[place + 1]) != nil
                && WireByte.hexadecimal(target[place + 2]) != nil
            if WireByte.isQuery(byte), byte != UInt8(ascii: "%") || isEncoding {
                append(byte: byte)
            } else {
                append(byte: UInt8(ascii: "%"))
                append(byte: WireByte.upperDigit(byte >> 4))
                append(byte: WireByte.upperDigit(byte & 15))
            }
        }
    }
}
