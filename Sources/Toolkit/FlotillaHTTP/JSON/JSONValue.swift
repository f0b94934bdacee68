/// Any JSON value (RFC 8259).
///
/// Whole numbers that fit 64 bits stay exact; objects keep the order of their members, so that
/// what is read and written again looks the same.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent, from −2⁶³ to 2⁶³−1.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Reads one JSON text, strictly.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 without a byte order mark.
    ///   - bytesMax: longer texts are refused unread.
    ///   - depthMax: how deep arrays and objects may nest.
    /// - Throws: ``JSONError`` for invalid UTF-8, duplicate keys, lone surrogates, too much depth,
    ///   trailing bytes and anything else the standard does not allow.
    public init(parsing bytes: [UInt8], bytesMax: Int = 1 << 20, depthMax: Int = 32) throws(JSONError) {
        guard bytes.count <= bytesMax else {
            throw JSONError(offset: bytesMax, reason: "the text is longer than \(bytesMax) bytes")
        }
        var parser = JSONParser(bytes: bytes, depthMax: depthMax)
        self = try parser.document()
    }

    /// This value as compact JSON.
    public func bytes() -> [UInt8] {
        var json = JSONWriter()
        json.value(self)
        return json.bytes
    }
}

extension JSONValue {
    /// The member of that name; nil when this is no object or has none.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }

    /// The element at that place; nil when this is no array or a shorter one.
    public subscript(_ index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text; nil when it is no string.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number; nil when it is none, or has a fraction or an exponent.
    public var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The value of any number.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The truth value; nil when it is none.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements; nil when it is no array.
    public var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members; nil when it is no object.
    public var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// What kind of value it is, in the words of JSON Schema.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, CustomStringConvertible
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// The members in the order of the literal, whose names must differ.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(JSONObject(members.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }

    /// This value as compact JSON text.
    public var description: String { String(decoding: bytes(), as: UTF8.self) }
}
