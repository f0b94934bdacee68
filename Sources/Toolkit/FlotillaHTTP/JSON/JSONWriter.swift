/// Writes compact JSON straight into bytes, without a tree in between.
///
/// Commas and escaping are its business; that every object and array is complete follows from
/// the closures. Values come one after another in an array, fields in an object:
///
///     json.object { json in
///         json.field("id", order.id)
///         json.field("total", order.total)
///         json.array("items", order.items) { json, item in json.field("quantity", item.quantity) }
///     }
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: how many bytes to have room for from the start.
    public init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    // MARK: Values

    /// Writes an object; `members` writes its fields.
    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Writes an array; `elements` writes its values.
    public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        try elements(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes a string, escaped as far as the standard asks.
    public mutating func value(_ text: String) {
        separate()
        append(quoted: text)
        needsComma = true
    }

    /// Writes a whole number.
    public mutating func value(_ number: Int) { value(Int64(number)) }

    /// Writes a whole number.
    public mutating func value(_ number: Int64) {
        separate()
        append(number)
        needsComma = true
    }

    /// Writes the shortest text that reads back as the same number; `null` for infinity and not-a-number,
    /// which JSON does not have.
    public mutating func value(_ number: Double) {
        separate()
        append(ascii: number.isFinite ? number.description : "null")
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func value(_ flag: Bool) {
        separate()
        append(ascii: flag ? "true" : "false")
        needsComma = true
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        append(ascii: "null")
        needsComma = true
    }

    /// Writes JSON that is complete already, as it is: it must be one valid value.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    // MARK: Names

    /// Writes the name of a field; exactly one value must follow.
    public mutating func name(_ name: String) {
        separate()
        append(quoted: name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Pieces

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func append(ascii text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices where utf8[index] < 0x20 || utf8[index] == 0x22 || utf8[index] == 0x5C {
                bytes.append(contentsOf: utf8[start..<index])
                append(escaped: utf8[index])
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            append(ascii: byte < 0x10 ? "u000" : "u001")
            bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
        }
    }
}
