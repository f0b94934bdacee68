internal import FlotillaConfiguration
@testable internal import FlotillaGateway
internal import Testing

@Suite("What is made smaller, and what is said of it") struct CompressionChoiceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var fields: [String: String] = [:]
        var type = "application/json; charset=utf-8"
        var status = 200
        var accepted: String? = "gzip"
        var isHead = false
        var length: Int? = 10_000
        var coding: ContentCoding?
        var varies = true
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "text of some length", coding: .gzip),
        Case(name: "of unknown length", length: nil, coding: .gzip),
        Case(name: "an error", status: 503, coding: .gzip),
        Case(name: "too short", length: 511, varies: false),
        Case(name: "just long enough", length: 512, coding: .gzip),
        Case(name: "nobody asked", accepted: nil),
        Case(name: "HEAD", isHead: true),
        Case(name: "has a coding", fields: ["content-encoding": "br"], varies: false),
        Case(name: "a part", status: 206, varies: false),
        Case(name: "a part by its field", fields: ["content-range": "bytes 0-1/2"], varies: false),
        Case(name: "empty", status: 204, varies: false),
        Case(name: "not modified", status: 304, varies: false),
        Case(name: "switched", status: 101, varies: false),
        Case(name: "no-transform", fields: ["cache-control": "public, no-transform"], varies: false),
        Case(name: "an image", type: "image/png", varies: false),
        Case(name: "a drawing", type: "image/svg+xml", coding: .gzip),
        Case(name: "some JSON", type: "Application/Problem+JSON", coding: .gzip),
        Case(name: "events", type: "text/event-stream", length: nil, varies: false),
        Case(name: "no type", type: "", varies: false),
    ]

    @Test("by status, type, length and fields", arguments: cases)
    func choice(_ given: Case) {
        let choice = CompressionChoice(
            CompressionPlan(), accepted: given.accepted,
            CompressionChoice.Answer(status: given.status, isHead: given.isHead, length: given.length)
        ) { $0 == "content-type" ? given.type : given.fields[$0] }
        #expect(choice.coding == given.coding)
        #expect(choice.fields.contains { $0.name == "Vary" } == given.varies)
        #expect(choice.fields.contains { $0.name == "Content-Encoding" } == (given.coding != nil))
        #expect(choice.without.contains("content-length") == (given.coding != nil))
    }

    @Test(
        "Vary gets one name more, once",
        arguments: [
            (nil, "Accept-Encoding"), ("Origin", "Origin, Accept-Encoding"), ("accept-ENCODING", nil),
            ("Origin , Accept-Encoding", nil), ("*", nil),
        ] as [(String?, String?)])
    func vary(known: String?, value: String?) {
        let choice = choice(["vary": known])
        #expect(choice.fields.first { $0.name == "Vary" }?.value == value)
    }

    @Test(
        "a strong tag becomes weak, by which If-None-Match still knows it",
        arguments: [("\"a\"", "W/\"a\""), ("W/\"a\"", nil), (nil, nil)] as [(String?, String?)])
    func tag(known: String?, value: String?) {
        #expect(choice(["etag": known]).fields.first { $0.name == "ETag" }?.value == value)
        if let known, let value { #expect(EntityTagList.contains(value, known)) }
    }

    private func choice(_ fields: [String: String?]) -> CompressionChoice {
        let answer = CompressionChoice.Answer(status: 200, isHead: false, length: nil)
        return CompressionChoice(CompressionPlan(), accepted: "gzip", answer) { name in
            name == "content-type" ? "text/css" : fields[name] ?? nil
        }
    }

    @Test("types by pattern; events by their own name only")
    func types() {
        var plan = CompressionPlan()
        plan.types = ["text/*", "application/*+json"]
        for type in ["text/css", "TEXT/HTML;charset=x", "application/a+json"] {
            #expect(plan.concerns(type), "\(type)")
        }
        for type in ["text/", "application/json", "application/+json", "text/event-stream", "image/png"] {
            #expect(!plan.concerns(type), "\(type)")
        }
        plan.types.append("text/event-stream")
        #expect(plan.concerns("text/event-stream"))
    }

    @Test("the file says what, from when on and how")
    func reading() {
        func read(_ text: String) -> (plan: CompressionPlan?, problems: String) {
            let file = ConfigurationFile(path: "gateway.yaml", text: text)
            let read = YAMLReader.read(file) { CompressionPlan(from: &$0) }
            return (read.value, read.problems.map(\.description).joined())
        }
        let (plan, problems) = read("types: [Text/CSS]\nbytesMin: 10\nlevel: 9\ncodings: [gzip]\nenabled: false")
        #expect(problems.isEmpty && plan?.types == ["text/css"] && plan?.bytesMin == 10 && plan?.level == 9)
        #expect(plan?.codings == [.gzip] && plan?.isEnabled == false)
        #expect(read("{}").plan == CompressionPlan())
        #expect(read("types: [css]").problems.contains("is no media type"))
        #expect(read("codings: [zstd]").problems.contains("is no coding there is"))
        #expect(read("level: 10").problems.contains("level"))
    }
}
