/// A .proto file as it was read, its types still names.
struct FileDraft: Sendable {
    /// As it is imported: `Values/values.proto`.
    var name: String
    var package = ""
    var imports: [ProtoName] = []
    var messages: [MessageDraft] = []
    var enums: [EnumDraft] = []
    var services: [ServiceDraft] = []
}

/// A name and where it stands.
struct ProtoName: Sendable, Hashable {
    var text: String
    var place: ProtoPlace
}

/// A place in a file, from 1; 0: not known.
struct ProtoPlace: Sendable, Hashable {
    var line: Int
    var column: Int

    static let unknown = ProtoPlace(line: 0, column: 0)
}

struct MessageDraft: Sendable {
    var name: ProtoName
    var fields: [FieldDraft] = []
    var oneofs: [String] = []
    var messages: [MessageDraft] = []
    var enums: [EnumDraft] = []
    var isMapEntry = false
}

struct FieldDraft: Sendable {
    enum Label: Sendable { case singular, optional, repeated, map }

    var name: ProtoName
    var number: Int32
    var label: Label
    /// `int32`, `Money`, `.shop.values.v1.Money`.
    var type: ProtoName
    var jsonName: String?
    var isPacked: Bool?
    var oneof: Int?
}

struct EnumDraft: Sendable {
    var name: ProtoName
    var values: [(name: String, number: Int32)] = []
}

struct ServiceDraft: Sendable {
    var name: ProtoName
    var methods: [MethodDraft] = []
}

struct MethodDraft: Sendable {
    var name: ProtoName
    var input: ProtoName
    var output: ProtoName
    var isClientStream = false
    var isServerStream = false
    var rules: [HTTPRule] = []
}
