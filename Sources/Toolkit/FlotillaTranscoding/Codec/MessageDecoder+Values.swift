internal import FlotillaHTTP

extension MessageDecoder {
    /// Writes one value.
    ///
    /// - Parameters:
    ///   - raw: of a number, as it stands on the wire.
    ///   - content: of anything else, where it stands.
    mutating func value(
        _ raw: UInt64, _ content: Range<Int>, _ kind: FieldKind, _ json: inout JSONWriter, depth: Int
    ) throws {
        switch kind {
        case .double: Self.write(Double(bitPattern: raw), Double(bitPattern: raw).description, &json)
        case .float:
            let number = Float(bitPattern: UInt32(truncatingIfNeeded: raw))
            Self.write(Double(number), number.description, &json)
        case .int32, .sfixed32: json.value(Int64(Int32(truncatingIfNeeded: raw)))
        case .sint32: json.value(Int64(Int32(truncatingIfNeeded: Self.unfolded(raw & 0xFFFF_FFFF))))
        case .uint32, .fixed32: json.value(Int64(UInt32(truncatingIfNeeded: raw)))
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: json.value(Self.wholeText(raw, kind))
        case .bool: json.value(raw != 0)
        case .string: json.value(try WireReader(bytes).text(content))
        case .bytes: json.value(String(decoding: Base64.encode(bytes[content]), as: UTF8.self))
        case .enumeration(let index): write(Int32(truncatingIfNeeded: raw), schema.enums[index], &json)
        case .message(let index): try message(content, schema.messages[index], &json, depth: depth + 1)
        }
    }

    /// Whether a value is what is not there: zero, false or empty.
    static func isNothing(_ raw: UInt64, _ content: Range<Int>, _ kind: FieldKind) -> Bool {
        switch kind {
        case .string, .bytes: content.isEmpty
        case .message: false
        case .int32, .uint32, .sint32, .enumeration: UInt32(truncatingIfNeeded: raw) == 0
        default: raw == 0
        }
    }

    /// What is not there, for a field that is to be written all the same.
    func writeDefault(_ kind: FieldKind, _ name: String, _ json: inout JSONWriter) {
        json.name(name)
        switch kind {
        case .bool: json.value(false)
        case .string, .bytes: json.value("")
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: json.value("0")
        case .enumeration(let index): write(0, schema.enums[index], &json)
        case .message: json.null()
        case .double, .float, .int32, .uint32, .sint32, .fixed32, .sfixed32: json.value(0)
        }
    }

    private func write(_ number: Int32, _ type: EnumType, _ json: inout JSONWriter) {
        if type.isNull {
            json.null()
        } else if let name = type.name(of: number) {
            json.value(name)
        } else {
            json.value(Int64(number))
        }
    }

    static func write(_ number: Double, _ text: String, _ json: inout JSONWriter) {
        if number.isNaN {
            json.value("NaN")
        } else if number.isInfinite {
            json.value(number < 0 ? "-Infinity" : "Infinity")
        } else {
            // A whole number has no need for its ".0", but −0 would lose its sign.
            let isWhole = text.hasSuffix(".0") && text != "-0.0"
            json.raw(Array((isWhole ? text.dropLast(2) : text[...]).utf8))
        }
    }

    /// The digits of a whole number.
    static func wholeText(_ raw: UInt64, _ kind: FieldKind) -> String {
        switch kind {
        case .uint64, .fixed64: String(raw)
        case .sint64: String(unfolded(raw))
        case .int64, .sfixed64: String(Int64(bitPattern: raw))
        case .uint32, .fixed32: String(UInt32(truncatingIfNeeded: raw))
        case .sint32: String(Int32(truncatingIfNeeded: unfolded(raw & 0xFFFF_FFFF)))
        default: String(Int32(truncatingIfNeeded: raw))
        }
    }

    /// 0, 1, 2, 3 … read 0, −1, 1, −2 … (zigzag).
    private static func unfolded(_ raw: UInt64) -> Int64 {
        Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }
}
