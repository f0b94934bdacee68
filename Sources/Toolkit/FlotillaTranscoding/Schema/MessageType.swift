/// What a message is made of. Immutable; a reference, since codecs hand it on for every message.
final class MessageType: Sendable {
    /// With its package: `shop.values.v1.MoneyValue`.
    let fullName: String
    /// In the order in which they are declared.
    let fields: [FieldType]
    let oneofs: [String]
    /// Whether it is an entry of a map, with the fields `key` and `value`.
    let isMapEntry: Bool
    /// The kind of message whose JSON is not an object of its fields; nil: it is.
    let special: SpecialType?
    private let byName: [String: Int]
    /// By number for small numbers, which almost all are; -1: none.
    private let bySmallNumber: [Int16]
    private let byLargeNumber: [Int32: Int]

    private static let smallNumberMax: Int32 = 255

    init(fullName: String, fields: [FieldType], oneofs: [String], isMapEntry: Bool) {
        self.fullName = fullName
        self.fields = fields
        self.oneofs = oneofs
        self.isMapEntry = isMapEntry
        special = SpecialType(fullName)
        var names: [String: Int] = [:]
        var small: [Int16] = []
        var large: [Int32: Int] = [:]
        for (index, field) in fields.enumerated() {
            names[field.name] = index
            names[field.jsonName] = index
            if field.number <= Self.smallNumberMax {
                while small.count <= Int(field.number) { small.append(-1) }
                small[Int(field.number)] = Int16(index)
            } else {
                large[field.number] = index
            }
        }
        byName = names
        bySmallNumber = small
        byLargeNumber = large
    }

    /// The place of a field by the name it has in JSON, or in the .proto file.
    func place(named name: String) -> Int? { byName[name] }

    /// The place of a field by its number; nil when there is none of that number.
    func place(numbered number: Int32) -> Int? {
        guard number > Self.smallNumberMax else {
            guard number > 0, Int(number) < bySmallNumber.count else { return nil }
            let place = bySmallNumber[Int(number)]
            return place < 0 ? nil : Int(place)
        }
        return byLargeNumber[number]
    }
}

/// A field of a message. Immutable; a reference for the same reason.
final class FieldType: Sendable {
    /// As in the .proto file: `user_id`.
    let name: String
    /// As in JSON: `userId`.
    let jsonName: String
    /// 1 to 536,870,911.
    let number: Int32
    let kind: FieldKind
    let label: FieldLabel
    /// Of several numbers, whether they stand in one piece on the wire.
    let isPacked: Bool
    /// The place of its oneof; nil: it is in none. Those made for `optional` do not count.
    let oneof: Int?

    init(
        name: String, jsonName: String, number: Int32, kind: FieldKind, label: FieldLabel, isPacked: Bool, oneof: Int?
    ) {
        self.name = name
        self.jsonName = jsonName
        self.number = number
        self.kind = kind
        self.label = label
        self.isPacked = isPacked
        self.oneof = oneof
    }
}

/// How often a field can be there.
enum FieldLabel: Sendable, Hashable {
    /// Once. Zero, false and empty are the same as not there.
    case implicit
    /// Once, and whether it is there is known: `optional`, a message, a member of a oneof.
    case explicit
    case repeated
    /// A map; its kind is that of the entries.
    case map
}

/// What the values of a field are.
enum FieldKind: Sendable, Hashable {
    case double, float, int32, int64, uint32, uint64, sint32, sint64, fixed32, fixed64, sfixed32, sfixed64
    case bool, string, bytes
    /// By its place in the schema.
    case enumeration(Int)
    /// By its place in the schema.
    case message(Int)

    /// By its name in .proto files.
    init?(scalar name: String) {
        switch name {
        case "double": self = .double
        case "float": self = .float
        case "int32": self = .int32
        case "int64": self = .int64
        case "uint32": self = .uint32
        case "uint64": self = .uint64
        case "sint32": self = .sint32
        case "sint64": self = .sint64
        case "fixed32": self = .fixed32
        case "fixed64": self = .fixed64
        case "sfixed32": self = .sfixed32
        case "sfixed64": self = .sfixed64
        case "bool": self = .bool
        case "string": self = .string
        case "bytes": self = .bytes
        default: return nil
        }
    }

    var wireType: WireType {
        switch self {
        case .double, .fixed64, .sfixed64: .eightBytes
        case .float, .fixed32, .sfixed32: .fourBytes
        case .string, .bytes, .message: .length
        case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enumeration: .varint
        }
    }

    var isMessage: Bool { if case .message = self { true } else { false } }

    /// Whether several can stand in one piece.
    var isPackable: Bool { wireType != .length }

    /// Whether it can be the key of a map.
    var isMapKey: Bool {
        switch self {
        case .double, .float, .bytes, .enumeration, .message: false
        default: true
        }
    }
}

/// The values of an enumeration. Open, as in proto3: any 32-bit number is a value.
struct EnumType: Sendable {
    let fullName: String
    /// Whether its one value is JSON's null.
    let isNull: Bool
    private let numbers: [String: Int32]
    private let names: [Int32: String]
    /// In the order in which they are declared.
    let valueNames: [String]

    init(fullName: String, values: [(name: String, number: Int32)]) {
        self.fullName = fullName
        isNull = fullName == "google.protobuf.NullValue"
        numbers = Dictionary(values.map { ($0.name, $0.number) }) { first, _ in first }
        // Of two names for one number the first is the one that is written.
        names = Dictionary(values.map { ($0.number, $0.name) }) { first, _ in first }
        valueNames = values.map(\.name)
    }

    func number(of name: String) -> Int32? { numbers[name] }
    func name(of number: Int32) -> String? { names[number] }
}

/// Messages of google.protobuf whose JSON is not an object of their fields (ProtoJSON format).
enum SpecialType: Sendable, Hashable {
    case timestamp, duration, fieldMask, structure, value, listValue, wrapper, any

    init?(_ fullName: String) {
        switch fullName {
        case "google.protobuf.Timestamp": self = .timestamp
        case "google.protobuf.Duration": self = .duration
        case "google.protobuf.FieldMask": self = .fieldMask
        case "google.protobuf.Struct": self = .structure
        case "google.protobuf.Value": self = .value
        case "google.protobuf.ListValue": self = .listValue
        case "google.protobuf.Any": self = .any
        case "google.protobuf.DoubleValue", "google.protobuf.FloatValue", "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value", "google.protobuf.Int32Value", "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue", "google.protobuf.StringValue", "google.protobuf.BytesValue":
            self = .wrapper
        default: return nil
        }
    }
}
