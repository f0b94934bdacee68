internal import FlotillaConfiguration
internal import Testing

@Suite("YAML reader") struct YAMLReaderTests {
    private enum Colour: String, CaseIterable { case red, green, blue }

    private struct Car: Equatable {
        var wheels = 4
        var colour = Colour.red
        var price = 1.5
        var isOld = false
        var idle = Duration.seconds(1)
        var share = 0.5
        var owner: String?
        var engine = 1

        init() {}

        init(_ fields: inout YAMLFields) {
            wheels = fields.int("wheels", in: 1...8, default: 4, "How many.")
            colour = fields.choice("colour", default: .red, "Which.")
            price = fields.double("price", in: 0...10, default: 1.5, "How much.")
            isOld = fields.bool("old", default: false, "Whether.")
            idle = fields.duration("idle", in: .zero ... .seconds(60), default: .seconds(1), "How long.")
            share = fields.share("share", in: 0.1...1, default: 0.5, "How much of it.")
            owner = fields.optionalText("owner", "Whose.")
            engine = fields.group("engine", "What drives it.") { fields in
                fields.int("cylinders", in: 1...12, default: 1, "How many.")
            }
        }
    }

    private static func read(_ text: String) -> (value: Car?, problems: [String]) {
        let read = YAMLReader.read(ConfigurationFile(path: "car.yaml", text: text)) { Car(&$0) }
        return (read.value, read.problems.map(\.description))
    }

    @Test("values of every kind are read, and a missing one has its default")
    func values() {
        let text = """
            wheels: 3
            colour: blue
            price: 2
            old: true
            idle: 250ms
            share: 20%
            owner: "null"
            engine: {cylinders: 12}
            """
        var car = Car()
        (car.wheels, car.colour, car.price, car.isOld, car.idle) = (3, .blue, 2, true, .milliseconds(250))
        (car.share, car.owner, car.engine) = (0.2, "null", 12)
        let read = Self.read(text)
        #expect(read.value == car)
        #expect(read.problems == [])
        for empty in ["", "# nothing\n", "~"] { #expect(Self.read(empty).value == Car()) }
    }

    @Test("what is wrong is said with key, value, line, column, and what is allowed", arguments: [
        ("wheels: 9", "wheels: \"9\" is out of range (car.yaml:1:9). Allowed: an integer from 1 to 8."),
        ("wheels: three", "wheels: \"three\" is not an integer (car.yaml:1:9). Allowed: an integer from 1 to 8."),
        ("wheels: \"3\"", "wheels: \"3\" is text, by its quotes (car.yaml:1:9). Allowed: an integer from 1 to 8."),
        ("wheels:", "wheels: has no value (car.yaml:1:8). Allowed: an integer from 1 to 8, or leave the key out."),
        ("wheels: [1]", "wheels: is a list where one value is meant (car.yaml:1:9). Allowed: an integer from 1 to 8."),
        (
            "\ncolour: bleu",
            "colour: \"bleu\" is none of the choices; did you mean blue? (car.yaml:2:9). "
                + "Allowed: one of red, green, blue."
        ),
        (
            "idle: 5",
            "idle: \"5\" is a duration without a unit (car.yaml:1:7). "
                + "Allowed: a duration from 0s to 1m, such as 500ms, 5s or 2m."
        ),
        ("share: 120%", "share: \"120%\" is out of range (car.yaml:1:8). Allowed: a share from 10% to 100%."),
        (
            "weels: 3",
            "weels: is not known; did you mean wheels? (car.yaml:1:1). "
                + "Allowed: wheels, colour, price, old, idle, share, owner, engine."
        ),
        (
            "engine:\n  pistons: 3",
            "engine.pistons: is not known (car.yaml:2:3). Allowed: cylinders."
        ),
        ("engine: big", "engine: \"big\" is one value where a group of keys is meant (car.yaml:1:9). "
            + "Allowed: keys with values."),
        ("- 1", "the file is not a group of keys (car.yaml:1:1). Allowed: key: value, nested by indentation."),
        ("a: [1", "the file is not YAML: did not find expected ',' or ']' (car.yaml:2:1). "
            + "Allowed: YAML 1.1; check the indentation, colons and quotes there."),
    ])
    func problems(text: String, problem: String) { #expect(Self.read(text).problems == [problem]) }

    @Test("keys given twice are found in both styles of quotes, at the second place, and the rest is still read")
    func duplicates() {
        let text = "wheels: 3\nengine:\n  cylinders: 2\n  \"cylinders\": 3\n\nwheels: 4\nprice: 99\nwheels: 5\n"
        #expect(Self.read(text).problems == [
            "engine.cylinders: is given twice, first at car.yaml:3:3 (car.yaml:4:3). Allowed: each key once.",
            "wheels: is given twice, first at car.yaml:1:1 (car.yaml:6:1). Allowed: each key once.",
            "price: \"99\" is out of range (car.yaml:7:8). Allowed: a number from 0.0 to 10.0.",
            "wheels: is given twice, first at car.yaml:1:1 (car.yaml:8:1). Allowed: each key once.",
        ])
        #expect(Self.read("engine: {cylinders: 1, cylinders: 2}").problems == [
            "engine.cylinders: is given twice, first at car.yaml:1:10 (car.yaml:1:24). Allowed: each key once."
        ])
        // However many there are, something is said.
        #expect(Self.read(String(repeating: "wheels: 4\n", count: 300)).problems.count == YAMLReader.problemsMax)
    }

    @Test("everything that is wrong is said at once, in the order of the file")
    func all() {
        let problems = Self.read("old: maybe\nwheels: 0\nidle: soon\nnope: 1\n").problems
        #expect(problems.map { String($0.prefix { $0 != ":" }) } == ["old", "wheels", "idle", "nope"])
    }

    @Test("each value is noted with its place, also the defaults")
    func settings() {
        let file = ConfigurationFile(path: "car.yaml", text: "wheels: 3\nengine: {cylinders: 2}\n")
        var settings: [YAMLFields.Setting] = []
        _ = YAMLReader.read(file) { fields in
            _ = Car(&fields)
            settings = fields.settings
        }
        #expect(settings.first == .init(
            key: "wheels", text: "3", origin: .place(path: "car.yaml", line: 1, column: 9)))
        #expect(settings.last == .init(
            key: "engine.cylinders", text: "2", origin: .place(path: "car.yaml", line: 2, column: 21)))
        #expect(settings.contains(.init(key: "idle", text: "1s", origin: .defaultValue)))
    }

    @Test("a name, a value and a group can stand at the same key")
    func forms() {
        func form(_ text: String) -> YAMLForm<Int>? {
            YAMLReader.read(ConfigurationFile(path: "x", text: text)) { fields in
                fields.form("part", .choice(["none"]), orNameOf: "parts", "It.") { fields in
                    fields.int("size", in: 1...9, default: 1, "Its size.")
                }
            }.value.flatMap { $0 }
        }
        if case .name("usual", _) = form("part: usual") {} else { Issue.record("a name is not one") }
        if case .value(.string("none"), _) = form("part: none") {} else { Issue.record("none is not a value") }
        if case .group(3, _, _) = form("part: {size: 3}") {} else { Issue.record("a group is not one") }
        if form("") != nil { Issue.record("nothing is something") }
        if form("part: [1]") != nil { Issue.record("a list is something") }
    }

    @Test("a small file with aliases in aliases is not a large one")
    func bombs() {
        var text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
        for depth in 1...8 {
            let items = Array(repeating: "*a\(depth - 1)", count: 10).joined(separator: ",")
            text += "a\(depth): &a\(depth) [\(items)]\n"
        }
        #expect(Self.read(text).problems.contains { $0.contains("at most 20000 values") })
        #expect(Self.read(text + "? *a8\n: 1\n").problems.contains { $0.contains("has a key that is not a word") })
    }

    @Test("what is wrong is told in one line that is not long, with its place, whatever stands there", arguments: [
        ("wheels: 1\n\u{7}", "control characters are not allowed (car.yaml:2:1)"),
        ("a: 1\n---\nb: 2", "another document begins, and only one is read (car.yaml:2:1)"),
        ("\(String(repeating: "k", count: 257)): 1", "has a key that is too long (car.yaml:1:1)"),
        ("\"a\\nb\": 1", "a\u{FFFD}b: is not known (car.yaml:1:1)"),
        ("colour: |\n  red\n  blue", "\"red\u{FFFD}blue\" is none"),
        ("owner: a\(String(repeating: "\u{301}", count: 5_000))", "…\" "),
        ("owner: *nobody", "is an alias of nothing (car.yaml:1:8)"),
        ("&o owner: &p me\n? *o\n: *p", "owner: is given twice, first at car.yaml:1:1 (car.yaml:2:3)"),
    ])
    func told(text: String, part: String) {
        let problems = Self.read(text).problems
        #expect(problems.contains { $0.contains(part) }, "\(problems)")
        #expect(problems.allSatisfy { $0.unicodeScalars.count < 500 && !$0.contains("\n") })
    }

    @Test("the schema has every key, with its kind, bounds, default and description")
    func schema() {
        let schema = YAMLReader.shape { Car(&$0) }.jsonSchema(title: "Car", about: "A car.")
        for text in [
            "\"title\": \"Car\"", "\"wheels\": {", "\"description\": \"How many. Default: 4.\"", "\"maximum\": 8",
            "\"enum\": [\"red\", \"green\", \"blue\"]", "\"cylinders\": {", "\"additionalProperties\": false",
        ] { #expect(schema.contains(text), "\(text) is missing") }
    }
}
