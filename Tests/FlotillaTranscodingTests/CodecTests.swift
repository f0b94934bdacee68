internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import Testing

@Suite("JSON of messages") struct CodecTests {
    private let schema: ProtoSchema
    private let type: MessageType

    init() throws {
        schema = try SchemaFixture.everything()
        type = try #require(schema.message(named: "flotilla.test.v1.Everything"))
    }

    private func encoded(_ json: String) throws -> [UInt8] {
        try MessageEncoder.bytes(of: JSONValue(parsing: Array(json.utf8)), as: type, in: schema)
    }

    private func again(_ json: String, _ style: JSONStyle = JSONStyle()) throws -> String {
        let bytes = try MessageDecoder.json(of: encoded(json), as: type, in: schema, style: style)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "what is taken, and how it is written",
        arguments: [
            ("{}", "{}"), (#"{"anInt64":"5"}"#, #"{"anInt64":"5"}"#), (#"{"an_int64":5}"#, #"{"anInt64":"5"}"#),
            (#"{"anInt32":1.0,"aUint64":"18446744073709551615"}"#, #"{"anInt32":1,"aUint64":"18446744073709551615"}"#),
            (#"{"anInt32":"1e3","aDouble":"2.5","aFloat":0.1}"#, #"{"aDouble":2.5,"aFloat":0.1,"anInt32":1000}"#),
            (#"{"aDouble":"NaN","aFloat":"-Infinity"}"#, #"{"aDouble":"NaN","aFloat":"-Infinity"}"#),
            (#"{"anInt32":0,"aString":"","aBool":false,"int32s":[]}"#, "{}"),
            (#"{"maybeInt32":0,"maybeString":"","inner":{}}"#, #"{"inner":{},"maybeInt32":0,"maybeString":""}"#),
            (#"{"aString":null,"inner":null,"strings":null,"maybeInt32":null}"#, "{}"),
            (#"{"someBytes":"-_8"}"#, #"{"someBytes":"+/8="}"#), (#"{"someBytes":"+/8="}"#, #"{"someBytes":"+/8="}"#),
            (#"{"color":"RED","colors":[2,"INFRARED",9]}"#, #"{"color":"RED","colors":["BLUE","INFRARED",9]}"#),
            (#"{"inner":{"kind":"KIND_UNO"}}"#, #"{"inner":{"kind":"KIND_ONE"}}"#),
            (#"{"counts":{"a":1,"":2},"byFlag":{"true":"x"}}"#, #"{"counts":{"a":1,"":2},"byFlag":{"true":"x"}}"#),
            (#"{"byNumber":{"-7":{"name":"n"}}}"#, #"{"byNumber":{"-7":{"name":"n"}}}"#),
            (#"{"chosenNumber":0}"#, #"{"chosenNumber":0}"#), (#"{"otherName":"a"}"#, #"{"otherName":"a"}"#),
            (#"{"renamed":"a"}"#, #"{"otherName":"a"}"#),
            (#"{"at":"2026-11-21T10:30:00.5+02:00"}"#, #"{"at":"2026-11-21T08:30:00.500Z"}"#),
            (#"{"at":"0001-01-01T00:00:00Z"}"#, #"{"at":"0001-01-01T00:00:00Z"}"#),
            (#"{"at":"9999-12-31T23:59:59.999999999Z"}"#, #"{"at":"9999-12-31T23:59:59.999999999Z"}"#),
            (#"{"lasts":"-1.5s"}"#, #"{"lasts":"-1.500s"}"#), (#"{"lasts":"3s"}"#, #"{"lasts":"3s"}"#),
            (#"{"mask":"a.fooBar,c"}"#, #"{"mask":"a.fooBar,c"}"#),
            (#"{"anything":{"a":[1,null,{"b":true}]}}"#, #"{"anything":{"a":[1,null,{"b":true}]}}"#),
            (#"{"anyValue":null}"#, #"{"anyValue":null}"#), (#"{"anyValue":"x"}"#, #"{"anyValue":"x"}"#),
            (#"{"wrapped":"","wrappedInt64":"7"}"#, #"{"wrapped":"","wrappedInt64":"7"}"#),
            (#"{"wrappedBool":false}"#, #"{"wrappedBool":false}"#),
            (#"{"listValue":[[],1],"nothing":{}}"#, #"{"listValue":[[],1],"nothing":{}}"#),
            (#"{"aFixed32":4294967295,"aSfixed64":"-1"}"#, #"{"aFixed32":4294967295,"aSfixed64":"-1"}"#),
        ])
    func taken(json: String, written: String) throws {
        #expect(try again(json) == written)
    }

    @Test(
        "what is refused, and where",
        arguments: [
            (#"{"nmae":1}"#, "nmae", "is not a known field"), (#"[]"#, "", "must be an object, not array"),
            (#"{"inner":{"nme":1}}"#, "inner.nme", "is not a known field"),
            (
                #"{"inners":[{},{"kind":"NO"}]}"#, "inners[1].kind",
                "must be one of KIND_UNSPECIFIED, KIND_ONE, KIND_UNO"
            ),
            (#"{"anInt32":2147483648}"#, "anInt32", "must be a whole number from -2147483648 to 2147483647"),
            (#"{"anInt32":1.5}"#, "anInt32", "must be a whole number from -2147483648 to 2147483647"),
            (#"{"aUint32":-1}"#, "aUint32", "must be a whole number from 0 to 4294967295"),
            (#"{"aUint64":1e300}"#, "aUint64", "must be a whole number from 0 to 18446744073709551615"),
            (#"{"aFloat":1e300}"#, "aFloat", "must be a number from -3.4028235e+38 to 3.4028235e+38"),
            (#"{"aBool":"true"}"#, "aBool", "must be true or false, not string"),
            (#"{"aString":1}"#, "aString", "must be a string, not integer"),
            (#"{"someBytes":"a"}"#, "someBytes", "must be base64"),
            (#"{"someBytes":"ab=c"}"#, "someBytes", "must be base64"),
            (#"{"strings":"a"}"#, "strings", "must be an array, not string"),
            (#"{"strings":[null]}"#, "strings[0]", "must not be null"),
            (#"{"counts":[]}"#, "counts", "must be an object, not array"),
            (
                #"{"byNumber":{"x":{}}}"#, "byNumber.x",
                "must be a whole number from -9223372036854775808 to 9223372036854775807"
            ),
            (#"{"byFlag":{"yes":"a"}}"#, "byFlag.yes", "the key must be true or false"),
            (#"{"an_int32":1,"anInt32":1}"#, "anInt32", "is given twice, as anInt32 and an_int32"),
            (
                #"{"chosenName":"a","chosenNumber":1}"#, "chosenNumber",
                "cannot stand beside chosenName: only one of them"
            ),
            (#"{"at":"2026-02-30T00:00:00Z"}"#, "at", "must be a time like 2026-11-21T08:30:00Z"),
            (#"{"lasts":"1"}"#, "lasts", "must be a duration like 1.5s"),
        ])
    func refused(json: String, field: String, message: String) {
        let error = #expect(throws: ServiceError.self) { try encoded(json) }
        #expect(error?.kind == .invalid && error?.slug == "invalid-input")
        #expect(error?.fields == [FieldError(field: field, message: message)])
    }

    @Test("everything that is wrong is told at once, up to a bound")
    func collected() {
        let error = #expect(throws: ServiceError.self) { try encoded(#"{"a":1,"aBool":1,"inner":{"b":2}}"#) }
        #expect(error?.fields.map(\.field) == ["a", "aBool", "inner.b"])
        let many = (0..<200).map { "\"x\($0)\":1" }.joined(separator: ",")
        let long = #expect(throws: ServiceError.self) { try encoded("{\(many)}") }
        #expect(long?.fields.count == MessageEncoder.errorsMax)
    }

    @Test("what is not there is written when it is asked for")
    func defaults() throws {
        let book = try #require(schema.message(named: "flotilla.test.v1.ListBooksRequest"))
        let json = try MessageDecoder.json(of: [], as: book, in: schema, style: JSONStyle(printsDefaults: true))
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"shelf":"","pageSize":0,"tags":[],"newestFirst":false,"color":"COLOR_UNSPECIFIED"}"#)
        #expect(try again(#"{"aString":"x"}"#, JSONStyle(usesProtoNames: true)) == #"{"a_string":"x"}"#)
    }

    @Test("on the wire the last of a oneof counts, pieces of a message add up, unknown fields are nothing")
    func wire() throws {
        let inner: [UInt8] = [0x0A, 0x01, 0x61]
        let bytes: [UInt8] = [0x92, 0x03, 0x01, 0x78, 0x98, 0x03, 0x05]  // chosen_name, chosen_number
            + [0x8A, 0x01, 0x03] + inner + [0x8A, 0x01, 0x02, 0x10, 0x01]  // inner in two pieces
            + [0xF8, 0xFF, 0x03, 0x01]  // unknown
        let json = try MessageDecoder.json(of: bytes, as: type, in: schema, style: JSONStyle())
        #expect(String(decoding: json, as: UTF8.self) == #"{"inner":{"name":"a","kind":"KIND_ONE"},"chosenNumber":5}"#)
    }

    @Test(
        "bytes that are no message are an error",
        arguments: [
            [0x08], [0x0F], [0x00], [0x72, 0x05, 0x61], [0x72, 0x01, 0xFF], [0x0B], [0x0C],
            [0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            [0xE2, 0x03, 0x0B, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x10],
        ] as [[UInt8]])
    func unreadable(bytes: [UInt8]) {
        #expect(throws: WireError.self) {
            try MessageDecoder.json(of: bytes, as: type, in: schema, style: JSONStyle())
        }
    }

    @Test("base 64 of every length", arguments: 0...9)
    func base64(count: Int) {
        let bytes = SeededRandom(seed: UInt64(count)).bytes(count)
        let text = String(decoding: Base64.encode(bytes), as: UTF8.self)
        #expect(Base64.decode(text) == bytes)
        let other = text.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
        #expect(Base64.decode(other) == bytes)
    }
}
