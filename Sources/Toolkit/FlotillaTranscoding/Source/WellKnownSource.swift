/// The files of google/protobuf whose messages have a JSON form of their own, so that nobody has to have them at hand.
/// Numbers and types are those of the originals; comments are left out.
enum WellKnownSource {
    static let files: [(name: String, text: String)] = [
        ("google/protobuf/any.proto", file("message Any { string type_url = 1; bytes value = 2; }")),
        ("google/protobuf/duration.proto", file("message Duration { int64 seconds = 1; int32 nanos = 2; }")),
        ("google/protobuf/empty.proto", file("message Empty {}")),
        ("google/protobuf/field_mask.proto", file("message FieldMask { repeated string paths = 1; }")),
        (
            "google/protobuf/struct.proto",
            file(
                """
                message Struct { map<string, Value> fields = 1; }
                message Value {
                  oneof kind {
                    NullValue null_value = 1;
                    double number_value = 2;
                    string string_value = 3;
                    bool bool_value = 4;
                    Struct struct_value = 5;
                    ListValue list_value = 6;
                  }
                }
                enum NullValue { NULL_VALUE = 0; }
                message ListValue { repeated Value values = 1; }
                """)
        ),
        ("google/protobuf/timestamp.proto", file("message Timestamp { int64 seconds = 1; int32 nanos = 2; }")),
        (
            "google/protobuf/wrappers.proto",
            file(
                """
                message DoubleValue { double value = 1; }
                message FloatValue { float value = 1; }
                message Int64Value { int64 value = 1; }
                message UInt64Value { uint64 value = 1; }
                message Int32Value { int32 value = 1; }
                message UInt32Value { uint32 value = 1; }
                message BoolValue { bool value = 1; }
                message StringValue { string value = 1; }
                message BytesValue { bytes value = 1; }
                """)
        ),
    ]

    static func file(named name: String) -> String? { files.first { $0.name == name }?.text }

    private static func file(_ content: String) -> String {
        "syntax = \"proto3\";\npackage google.protobuf;\n\(content)\n"
    }
}
