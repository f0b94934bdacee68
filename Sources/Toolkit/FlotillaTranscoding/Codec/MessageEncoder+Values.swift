internal import FlotillaHTTP

extension MessageEncoder {
    /// One value, without its tag.
    ///
    /// - Returns: whether it is another than what is not there: not zero, false or empty.
    mutating func value(_ value: JSONValue, _ kind: FieldKind, depth: Int) -> Bool {
        switch kind {
        case .double, .float: return number(value, kind)
        case .int32, .sint32, .sfixed32, .int64, .sint64, .sfixed64: return signed(value, kind)
        case .uint32, .fixed32, .uint64, .fixed64: return unsigned(value, kind)
        case .bool:
            guard case .bool(let flag) = value else { return wrong("must be true or false, not \(value.typeName)") }
            writer.varint(flag ? 1 : 0)
            return flag
        case .string:
            guard case .string(let text) = value else { return wrong("must be a string, not \(value.typeName)") }
            writer.piece(text.utf8)
            return !text.isEmpty
        case .bytes:
            guard case .string(let text) = value else { return wrong("must be a string, not \(value.typeName)") }
            guard let bytes = Base64.decode(text) else { return wrong("must be base64") }
            writer.piece(bytes)
            return !bytes.isEmpty
        case .enumeration(let index): return enumeration(value, schema.enums[index])
        case .message(let index):
            let start = writer.begin()
            message(value, schema.messages[index], depth: depth + 1)
            writer.end(start)
            return true
        }
    }

    private mutating func wrong(_ message: String) -> Bool {
        fail(message)
        return false
    }

    // MARK: Numbers

    private mutating func number(_ value: JSONValue, _ kind: FieldKind) -> Bool {
        var number: Double?
        switch value {
        case .integer(let whole): number = Double(whole)
        case .number(let found): number = found
        case .string("NaN"): number = .nan
        case .string("Infinity"): number = .infinity
        case .string("-Infinity"): number = -.infinity
        case .string(let text): number = JSONNumber.parse(text)
        default: break
        }
        guard let number else { return wrong("must be a number, or one of NaN, Infinity and -Infinity") }
        // −0 is not what is not there.
        guard kind == .float else {
            writer.eightBytes(number.bitPattern)
            return number.bitPattern != 0
        }
        let short = Float(number)
        guard short.isFinite || !number.isFinite else {
            return wrong("must be a number from \(-Float.greatestFiniteMagnitude) to \(Float.greatestFiniteMagnitude)")
        }
        writer.fourBytes(short.bitPattern)
        return short.bitPattern != 0
    }

    private mutating func signed(_ value: JSONValue, _ kind: FieldKind) -> Bool {
        let isShort = kind == .int32 || kind == .sint32 || kind == .sfixed32
        let range = isShort ? Int64(Int32.min)...Int64(Int32.max) : Int64.min...Int64.max
        guard let number = JSONNumber.whole(value), let number = Int64(exactly: number), range.contains(number) else {
            return wrong("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        switch kind {
        case .sint32, .sint64: writer.varint(UInt64(bitPattern: number << 1 ^ number >> 63))
        case .sfixed32: writer.fourBytes(UInt32(truncatingIfNeeded: number))
        case .sfixed64: writer.eightBytes(UInt64(bitPattern: number))
        default: writer.varint(UInt64(bitPattern: number))
        }
        return number != 0
    }

    private mutating func unsigned(_ value: JSONValue, _ kind: FieldKind) -> Bool {
        let isShort = kind == .uint32 || kind == .fixed32
        let most = isShort ? UInt64(UInt32.max) : UInt64.max
        guard let number = JSONNumber.whole(value), let number = UInt64(exactly: number), number <= most else {
            return wrong("must be a whole number from 0 to \(most)")
        }
        switch kind {
        case .fixed32: writer.fourBytes(UInt32(number))
        case .fixed64: writer.eightBytes(number)
        default: writer.varint(number)
        }
        return number != 0
    }

    private mutating func enumeration(_ value: JSONValue, _ type: EnumType) -> Bool {
        var number: Int32?
        switch value {
        case .string(let name): number = type.number(of: name)
        case .null: number = type.isNull ? 0 : nil
        default: number = JSONNumber.whole(value).flatMap { Int32(exactly: $0) }
        }
        guard let number else {
            let names = type.valueNames.prefix(20).joined(separator: ", ")
            return wrong("must be one of \(names)")
        }
        writer.varint(UInt64(bitPattern: Int64(number)))
        return number != 0
    }
}

/// Numbers as protobuf's JSON may have them: as numbers, or as texts.
enum JSONNumber {
    /// Beyond this a `Double` is not every whole number.
    private static let exactMax = 9_007_199_254_740_992.0

    /// A whole number of up to 64 bits; nil when it is something else, or what was written cannot be told exactly.
    static func whole(_ value: JSONValue) -> Int128? {
        switch value {
        case .integer(let number): return Int128(number)
        case .number(let number): return whole(number)
        case .string(let text):
            if let number = Int128(text), !text.hasPrefix("+") { return number }
            return parse(text).flatMap(whole)
        default: return nil
        }
    }

    private static func whole(_ number: Double) -> Int128? {
        guard number.magnitude <= exactMax else { return nil }
        return Int128(exactly: number)
    }

    /// A number as JSON writes it; nil when it is something else.
    static func parse(_ text: String) -> Double? {
        // Why a text is no number is nothing that the caller is told.
        guard text.utf8.count <= 128, let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        guard !text.utf8.contains(where: { $0 <= 0x20 }) else { return nil }
        return value.double
    }
}
