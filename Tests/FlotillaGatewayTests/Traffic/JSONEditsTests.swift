internal import FlotillaHTTP
internal import Testing

@testable internal import FlotillaGateway

@Suite("Edits of JSON bodies") struct JSONEditsTests {
    private func edits(_ text: String) -> (value: JSONEdits?, problems: String) {
        readTraffic(text) { JSONEdits(from: &$0, captures: ["id"]) }
    }

    private func apply(_ text: String, _ body: String, type: String? = "application/json") throws -> String {
        let (edits, problems) = edits(text)
        #expect(problems.isEmpty, "\(problems)")
        let values = EditValues(callerID: "ann", requestID: "r1", captures: ["id": "7\""])
        let bytes = try #require(edits).body(Array(body.utf8), contentType: type, values, TrafficHead())
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "members are renamed, removed and set",
        arguments: [
            ("set: {a: 1}", #"{"b":2}"#, #"{"b":2,"a":1}"#), ("set: {a: '1'}", #"{"a":2,"b":3}"#, #"{"a":"1","b":3}"#),
            ("set: {a: true, b: null, c: 1.5}", "{}", #"{"a":true,"b":null,"c":1.5}"#),
            ("set: {a: 'true'}", "{}", #"{"a":"true"}"#), ("set: {a: yes}", "{}", #"{"a":"yes"}"#),
            ("set: {a.b.c: 1}", "{}", #"{"a":{"b":{"c":1}}}"#), ("set: {a.b: 1}", #"{"a":3}"#, #"{"a":3}"#),
            ("set: {a: '${caller.id}/${path.id}'}", "{}", #"{"a":"ann/7\""}"#),
            ("remove: [a]", #"{"a":1,"b":2}"#, #"{"b":2}"#),
            ("remove: [a.b]", #"{"a":{"b":1,"c":2}}"#, #"{"a":{"c":2}}"#),
            ("remove: [a.*.b]", #"{"a":[{"b":1,"c":2},3,{"b":4}]}"#, #"{"a":[{"c":2},3,{}]}"#),
            ("remove: [a.0]", #"{"a":[1,2,3]}"#, #"{"a":[2,3]}"#), ("remove: [a.0]", #"{"a":{"0":1}}"#, #"{"a":{}}"#),
            ("remove: [a.*]", #"{"a":[1,2]}"#, #"{"a":[]}"#),
            ("remove: ['*.b']", #"[{"b":1},{"c":1}]"#, #"[{},{"c":1}]"#),
            ("remove: [x.y.z]", #"{"a":1}"#, #"{"a":1}"#),
            ("rename: {a: z}", #"{"a":1,"b":2}"#, #"{"z":1,"b":2}"#),
            ("rename: {a: b}", #"{"b":2,"a":1}"#, #"{"b":1}"#),
            ("rename: {a.*.b: c}", #"{"a":[{"b":1},{}]}"#, #"{"a":[{"c":1},{}]}"#),
            ("rename: {a: a}", #"{"a":1}"#, #"{"a":1}"#),
            ("{rename: {a: b}, remove: [b], set: {c: 1}}", #"{"a":1}"#, #"{"c":1}"#),
            ("set: {a.*.b: 0}", #"{"a":[{"b":1},{}]}"#, #"{"a":[{"b":0},{"b":0}]}"#), ("remove: [a]", "3", "3"),
            ("set: {a.1: x}", #"{"a":[1,2]}"#, #"{"a":[1,"x"]}"#), ("set: {a.9: x}", #"{"a":[1]}"#, #"{"a":[1]}"#),
        ])
    func applies(text: String, body: String, new: String) throws { #expect(try apply(text, body) == new) }

    @Test(
        "only JSON is changed",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true), ("application/problem+json", true),
            ("application/json ;x", true), ("text/plain", false), ("application/jsonp", false),
            ("text/json-seq", false),
            ("", false), (nil, false),
        ] as [(String?, Bool)])
    func types(type: String?, isChanged: Bool) throws {
        #expect(try apply("remove: [a]", #"{"a" : 1}"#, type: type) == (isChanged ? "{}" : #"{"a" : 1}"#))
    }

    @Test("what is no JSON, or too long, is an error; nothing to change changes nothing")
    func errors() throws {
        #expect(throws: JSONError.self) { try apply("remove: [a]", "{\"a\":1") }
        let long = "[\"" + String(repeating: "x", count: JSONEdits.bytesMax) + "\"]"
        #expect(throws: JSONError.self) { try apply("remove: [a]", long) }
        #expect(try apply("{}", "{\"a\" :1") == "{\"a\" :1")
        #expect(try apply("remove: [a]", "") == "")
    }

    @Test(
        "what is wrong is told",
        arguments: [
            ("remove: [a..b]", "has a path that is none"), ("set: {'.': 1}", "has a path that is none"),
            ("rename: {a.: b}", "has a path that is none"), ("set: {a: '${path.x}'}", "does not have"),
            ("set: {a: [1]}", "is not such a value"),
            ("remove: [a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q]", "has a path that is none"),
        ])
    func wrong(text: String, problem: String) {
        let problems = edits(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }
}
