internal import FlotillaCore
internal import FlotillaHTTP
internal import Testing

@testable internal import FlotillaGateway

@Suite("Mirrored requests") struct MirrorTests {
    private func read(_ text: String) -> (value: MirrorPlan??, problems: String) {
        readTraffic("mirror: \(text)") { MirrorPlan.read(from: &$0, upstreams: ["live", "shadow"]) }
    }

    private func plan(_ text: String) throws -> MirrorPlan {
        let (value, problems) = read(text)
        #expect(problems.isEmpty, "\(problems)")
        return try #require(value ?? nil)
    }

    @Test("a share of requests is mirrored, none with long bodies or other methods")
    func share() throws {
        let plan = try plan("{ to: shadow, share: 5%, bodyBytesMax: 100, methods: [GET, PUT] }")
        let count = 10_000
        let wanted = (0..<count).filter { number in
            let bits = UInt64(number) &* (UInt64.max / UInt64(count))
            return plan.wants(bits: bits, method: "GET", length: nil)
        }.count
        #expect((499...501).contains(wanted))
        #expect(plan.wants(bits: 0, method: "PUT", length: 100) && !plan.wants(bits: 0, method: "PUT", length: 101))
        #expect(!plan.wants(bits: 0, method: "POST", length: 0))
        #expect(try self.plan("{ to: shadow }").wants(bits: .max, method: "POST", length: 65_536))
    }

    private func answer(
        _ status: Int = 200, _ fields: [(String, String)] = [], _ body: String? = ""
    ) -> ComparedAnswer {
        let json = [(name: "content-type", value: "application/json")]
        return ComparedAnswer(
            status: status, fields: json + fields.map { ($0.0, $0.1) }, body: body.map { Array($0.utf8) })
    }

    private func shown(_ plan: MirrorPlan, _ live: ComparedAnswer, _ mirror: ComparedAnswer) -> [String] {
        plan.differences(live, mirror).map { "\($0.place): \($0.live ?? "-") | \($0.mirror ?? "-")" }
    }

    @Test("as much is compared as is asked for")
    func depth() throws {
        let one = answer(200, [("etag", "a"), ("date", "x"), ("x-one", "1")], "{\"a\":1}")
        let other = answer(404, [("etag", "b"), ("date", "y")], "{\"a\":2}")
        let status = try plan("{ to: shadow, values: true }")
        #expect(shown(status, one, other) == ["status: 200 | 404"])
        let headers = try plan("{ to: shadow, compare: headers, values: true, ignore: [X-One] }")
        #expect(shown(headers, one, other) == ["status: 200 | 404", "header etag: a | b"])
        let all = try plan("{ to: shadow, compare: body, values: true }")
        #expect(
            shown(all, one, other) == [
                "status: 200 | 404", "header etag: a | b", "header x-one: 1 | -", "body $.a: 1 | 2",
            ])
        #expect(shown(all, one, one).isEmpty)
        #expect(shown(all, answer(200, [], nil), answer(200, [], "{}")).isEmpty)
    }

    @Test("values are not shown unless that is asked for, secrets never")
    func values() throws {
        let one = answer(200, [("set-cookie", "secret"), ("etag", "abc")], #"{"name":"Ann"}"#)
        let other = answer(200, [("etag", "abcd")], #"{"name":"Ben","x":1}"#)
        let hidden = try plan("{ to: shadow, compare: body }")
        #expect(
            shown(hidden, one, other) == [
                "header etag: (3 bytes) | (4 bytes)", "header set-cookie: (6 bytes) | -",
                "body $.name: (5 bytes) | (5 bytes)", "body $.x: - | (1 bytes)",
            ])
        let open = try plan("{ to: shadow, compare: body, values: true }")
        #expect(shown(open, one, other).contains("header set-cookie: (6 bytes) | -"))
    }

    @Test(
        "bodies are compared as JSON",
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"b":2, "a":1}"#, []), (#"{"a":1}"#, #"{"a":1.0}"#, []),
            (#"{"a":[1,2]}"#, #"{"a":[2,1]}"#, ["body $.a.0: 1 | 2", "body $.a.1: 2 | 1"]),
            (#"{"a":[1]}"#, #"{"a":[1,{"b":3}]}"#, [#"body $.a.1: - | {"b":3}"#]),
            (#"{"a":null}"#, "{}", ["body $.a: null | -"]), (#"{"a":"1"}"#, #"{"a":1}"#, [#"body $.a: "1" | 1"#]),
            ("[1]", "{}", ["body $: [1] | {}"]), ("{x", "{y", ["body at byte 1: x | y"]),
            ("{}", "{} ,", ["body at byte 2:  |  ,"]),
            (#"{"items":[{"id":1,"v":1}],"at":5}"#, #"{"items":[{"id":2,"v":2}],"at":6}"#, ["body $.items.0.v: 1 | 2"]),
        ])
    func bodies(live: String, mirror: String, wanted: [String]) throws {
        let plan = try plan("{ to: shadow, compare: body, values: true, ignore: ['$.items.*.id', '$.at'] }")
        #expect(shown(plan, answer(200, [], live), answer(200, [], mirror)) == wanted)
    }

    @Test("differences and their values are bounded")
    func bounded() throws {
        let plan = try plan("{ to: shadow, compare: body, values: true }")
        let one = (0..<100).map { "\"k\($0)\":\"\(String(repeating: "x", count: 500))\"" }.joined(separator: ",")
        let found = plan.differences(answer(200, [], "{\(one)}"), answer(200, [], "{}"))
        #expect(found.count == AnswerDifference.differencesMax)
        #expect(found.allSatisfy { ($0.live?.utf8.count ?? 0) < 130 })
    }

    @Test("the log keeps the last that differ, and counts all")
    func log() throws {
        let log = MirrorLog(capacity: 3)
        for number in 0..<5 {
            let difference = AnswerDifference(place: "status", live: "200", mirror: "500")
            log.note(
                .init(
                    at: Timestamp(seconds: Int64(number)), route: number % 2 == 0 ? "even" : "odd", method: "GET",
                    path: "/\(number)", requestID: "r\(number)", differences: [difference]))
        }
        log.note(
            .init(
                at: Timestamp(seconds: 9), route: "even", method: "GET", path: "/9", requestID: "r9", differences: []))
        log.noteFailed()
        log.noteSkipped()
        #expect(log.counts == .init(same: 1, different: 5, failed: 1, skipped: 1))
        #expect(log.entries().map(\.path) == ["/4", "/3", "/2"] && log.entries(route: "odd").map(\.path) == ["/3"])
        var json = JSONWriter()
        json.value(log)
        let value = try JSONValue(parsing: json.bytes)
        #expect(value["different"]?.integer == 5 && value["last"]?.array?.count == 3)
        #expect(value["last"]?[0]?["differences"]?[0]?["mirror"]?.string == "500")
    }

    @Test(
        "what is wrong is told",
        arguments: [
            ("{}", "mirror.to: is not set"), ("{ to: shadov }", "did you mean shadow?"),
            ("{ to: shadow, share: 0% }", "is out of range"), ("{ to: shadow, ignore: ['$.'] }", "neither a field"),
            ("{ to: shadow, ignore: ['a b'] }", "neither a field"),
            ("{ to: shadow, compare: all }", "none of the choices"),
        ])
    func wrong(text: String, problem: String) {
        let problems = read(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }
}
