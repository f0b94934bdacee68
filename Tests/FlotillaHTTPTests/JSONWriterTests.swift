internal import FlotillaCore
internal import FlotillaHTTP
internal import Testing

private struct ThingID: TypedID {
    let text: String
    init(unchecked text: String) { self.text = text }
}

@Suite("JSON writer") struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("commas stand between, and only between")
    func commas() {
        let text = text { json in
            json.object { json in
                json.field("a", 1)
                json.object("b") { _ in }
                json.array("c") { json in
                    json.value(1)
                    json.array { _ in }
                    json.object { json in json.field("d", true) }
                    json.null()
                }
                json.array("e", [1, 2]) { json, number in json.field("n", number) }
                json.rawField("f", Array("{\"x\":0}".utf8))
            }
        }
        #expect(text == #"{"a":1,"b":{},"c":[1,[],{"d":true},null],"e":[{"n":1},{"n":2}],"f":{"x":0}}"#)
    }

    @Test("strings are escaped as the standard asks and no further")
    func escaping() {
        #expect(text { $0.value("a\"b\\c/d\u{0}\u{8}\u{9}\u{A}\u{C}\u{D}\u{1F}\u{7F}ü😀") }
            == #""a\"b\\c/d\u0000\b\t\n\f\r\u001f"# + "\u{7F}ü😀\"")
    }

    @Test("numbers are exact")
    func numbers() {
        #expect(text { $0.value(Int64.min) } == "-9223372036854775808")
        #expect(text { $0.value(Int64.max) } == "9223372036854775807")
        #expect(text { $0.value(0) } == "0")
        #expect(text { $0.value(0.1) } == "0.1")
        #expect(text { $0.value(1e-7) } == "1e-07")
        #expect(text { $0.value(Double.infinity) } == "null")
    }

    @Test("times, money, IDs and what may be missing have one form each")
    func vocabulary() {
        let text = text { json in
            json.object { json in
                json.field("at", Timestamp(seconds: 1_767_225_600))
                json.field("total", Money(amount: 9999, currency: "USD"))
                json.field("id", ThingID(unchecked: "t1"))
                json.field("none", nil as ThingID?)
                json.optionalField("left", nil as String?)
                json.field("note", nil as String?)
                json.optionalField("kept", "yes" as String?)
                json.field("ids", [ThingID(unchecked: "a"), ThingID(unchecked: "b")])
                json.field("tags", ["x"])
            }
        }
        #expect(text == #"{"at":"2026-01-01T00:00:00.000Z","total":{"amount":9999,"currency":"USD"},"id":"t1","#
            + #""none":null,"note":null,"kept":"yes","ids":["a","b"],"tags":["x"]}"#)
    }

    @Test("any string reads back as it was")
    func roundTrip() throws {
        let random = SeededRandom(seed: 3)
        for _ in 0..<2_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<random.int(in: 0...20) {
                if let scalar = Unicode.Scalar(UInt32(random.int(in: 0...0x10FFFF) >> random.int(in: 0...16))) {
                    scalars.append(scalar)
                }
            }
            let string = String(scalars)
            #expect(try JSONValue(parsing: JSONValue.string(string).bytes()) == .string(string))
        }
    }
}
