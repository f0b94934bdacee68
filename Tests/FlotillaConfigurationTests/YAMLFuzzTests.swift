internal import FlotillaConfiguration
internal import FlotillaTesting
internal import Testing

@Suite("Any bytes as a YAML file") struct YAMLFuzzTests {
    private static let corpus = YAMLInput.corpus([
        """
        wheels: 3
        colour: blue
        names: [one, "two", 'three']
        retries: &usual
          attempts: 3
          backoff: 250ms
        parts:
          - {size: 3, share: 20%}
          - size: 4
        engines:
          first: *usual
          second: {attempts: 1}
        """,
        """
        # comment
        --- # start
        text: |-
          several
          lines
        folded: >
          some more
          of them
        "quoted key": "\\u00e9\\n\\x41"
        ? explicit
        : value
        empty:
        nothing: ~
        ...
        """,
    ])

    private struct Part {
        init(_ fields: inout YAMLFields) {
            _ = fields.int("size", in: 1...9, default: 1, "")
            _ = fields.share("share", default: 0.5, "")
        }
    }

    /// Asks for keys of every kind.
    private static func ask(_ fields: inout YAMLFields) -> Int {
        _ = fields.int("wheels", in: 1...8, default: 4, "")
        _ = fields.double("price", in: 0...10, default: 1, "")
        _ = fields.bool("old", default: false, "")
        _ = fields.optionalText("text", "")
        _ = fields.optionalDuration("idle", in: .zero ... .seconds(60), "")
        _ = fields.texts("names", count: 0...5, "")
        _ = fields.groups("parts", count: 0...9, "") { Part(&$0) }
        _ = fields.optionalGroup("retries", "") { Part(&$0) }
        _ = fields.attachments("explicit", of: "retries", "")
        _ = fields.form("folded", .choice(["none"]), orNameOf: "retries", "") { Part(&$0) }
        return fields.named("engines", "") { Part(&$0) }.count
    }

    @Test("no crash and no hang; a value or problems, each with its line, and the same again")
    func reading() async {
        await Fuzzing.run(inputs: 600) { seed in
            let text = YAMLInput.text(FuzzInput(seed: seed, corpus: Self.corpus))
            let file = ConfigurationFile(path: "any.yaml", text: text)
            let read = YAMLReader.read(file, Self.ask)
            if read.value == nil, read.problems.isEmpty { return "neither a value nor a problem" }
            if let objection = Self.objection(read.problems, text) { return objection }
            let again = YAMLReader.read(file, Self.ask)
            if again.value != read.value || again.problems != read.problems { return "something else the second time" }
            return nil
        }
    }

    private static func objection(_ problems: [ConfigurationProblem], _ text: String) -> String? {
        // A carriage return ends a line of YAML too, as do three signs that are not ASCII. What is missing at the end
        // is missing in the line after it.
        let lines = 2 + text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
        for problem in problems {
            guard case .place(_, let line, let column)? = problem.origin else { return "no place: \(problem)" }
            guard (1...lines).contains(line), column >= 1 else { return "line \(line) of \(lines): \(problem)" }
            let told = problem.description
            guard told.unicodeScalars.count < 1_500, !told.contains(where: \.isNewline) else {
                return "too long: \(told)"
            }
        }
        return problems.count <= YAMLReader.problemsMax ? nil : "\(problems.count) problems"
    }
}
