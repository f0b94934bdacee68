internal import FlotillaConfiguration
internal import FlotillaResilience
internal import FlotillaRuntime
internal import Foundation
internal import Testing

@Suite("Schema of the policy file") struct PolicySchemaTests {
    private static func schema() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(PolicyFile.jsonSchema.utf8)) as? [String: Any] ?? [:]
    }

    /// What the schema says is wrong with a file.
    private static func findings(_ text: String) throws -> [String] {
        let (root, problems) = YAMLReader.tree(of: ConfigurationFile(path: "p.yaml", text: text))
        #expect(problems == [])
        return SchemaCheck.findings(try #require(root), against: try schema())
    }

    private static func file(_ path: String) throws -> String {
        var url = URL(filePath: #filePath).resolvingSymlinksInPath()
        while url.path != "/", !FileManager.default.fileExists(atPath: url.appending(path: "Package.swift").path) {
            url.deleteLastPathComponent()
        }
        return try String(contentsOf: url.appending(path: path), encoding: .utf8)
    }

    @Test("the Shop's own file is valid by the schema, and so is the small one of the tests; both make a book")
    func shipped() throws {
        let own = try Self.file("Sources/Shop/ShopSystem/policies.yaml")
        #expect(try SmallFleet.read(own, for: nil).book.problems() == [])
        #expect(try SmallFleet.read(SmallFleet.sound).book.problems() == [])
        #expect(try Self.findings(Self.file("Sources/Shop/ShopSystem/policies.yaml")) == [])
        #expect(try Self.findings(SmallFleet.sound) == [])
    }

    @Test("the schema that is kept beside the documentation is the one of the code")
    func kept() throws {
        #expect(
            try Self.file("docs/policies.schema.json") == PolicyFile.jsonSchema,
            "shop policies schema > docs/policies.schema.json")
    }

    @Test("what the reader refuses for its shape the schema refuses as well", arguments: [
        ("polices: {}", "polices"), ("retries: {usual: {attempts: 11}}", "retries.usual.attempts"),
        ("retries: {usual: {attempts: three}}", "retries.usual.attempts"), ("retries: {Usual: {}}", "retries.Usual"),
        ("retries: {usual: {backoff: {jitter: fulll}}}", "retries.usual.backoff.jitter"),
        ("timeouts: {quick: 5}", "timeouts.quick"), ("timeouts: {quick: 5 s}", "timeouts.quick"),
        ("policies: {a: {retry: [1]}}", "policies.a.retry"),
        ("policies: {a: {retry: {atempts: 2}}}", "policies.a.retry"),
        ("breakers: {a: {rate: {failureRate: 150}}}", "breakers.a.rate.failureRate"),
        ("targets: {calls: {\"*\": [a]}}", "targets.calls.*"), ("targets: {call: {}}", "targets.call"),
        ("pools: 3", "pools"),
    ])
    func refused(text: String, place: String) throws {
        let findings = try Self.findings(text)
        #expect(findings.contains { $0.hasPrefix(place + ":") }, "\(findings)")
        #expect(SmallFleet.problems(text) != [])
    }

    @Test("what the reader takes the schema takes as well", arguments: [
        "", "retries:\npolicies:\n", "timeouts: {a: 0.5s, b: 1500ms}", "policies: {a: {timeout: 3s}}",
        "policies: {a: {timeout: quick}}\ntimeouts: {quick: 1s}", "policies: {a: {retry: none, breaker: {}}}",
        "retries: {a: {budget: {share: 0.2}}}", "retries: {a: {budget: {share: 20%}}}",
        "retries: {a: {when: {defect: true}}}",
    ])
    func taken(text: String) throws {
        #expect(SmallFleet.problems(text) == [])
        if !text.isEmpty { #expect(try Self.findings(text) == []) }
    }
}

/// As much of JSON Schema (2020-12) as the schema of the policy file uses.
enum SchemaCheck {
    static func findings(_ node: YAMLNode, against schema: [String: Any], at path: String = "") -> [String] {
        if let forms = schema["anyOf"] as? [[String: Any]] {
            let all = forms.map { findings(node, against: $0, at: path) }
            return all.contains([]) ? [] : ["\(path): none of \(forms.count) forms"]
        }
        var found: [String] = []
        let kinds = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
        let own = kind(of: node)
        if !kinds.isEmpty, !kinds.contains(own), !(own == "integer" && kinds.contains("number")) {
            return ["\(path): is \(own), not \(kinds)"]
        }
        if case .scalar(let text, _) = node.content { found += scalar(text, own, schema, path) }
        if case .mapping(let entries) = node.content { found += mapping(entries, schema, path) }
        return found
    }

    private static func scalar(_ text: String, _ kind: String, _ schema: [String: Any], _ path: String) -> [String] {
        var found: [String] = []
        if let words = schema["enum"] as? [String], !words.contains(text) { found.append("\(path): not in \(words)") }
        if kind == "string", let pattern = schema["pattern"] as? String, !matches(text, pattern) {
            found.append("\(path): does not look like \(pattern)")
        }
        if let number = Double(text), kind != "string" {
            if let most = (schema["maximum"] as? NSNumber)?.doubleValue, number > most {
                found.append("\(path): over \(most)")
            }
            if let least = (schema["minimum"] as? NSNumber)?.doubleValue, number < least {
                found.append("\(path): under \(least)")
            }
        }
        return found
    }

    private static func mapping(_ entries: [YAMLNode.Entry], _ schema: [String: Any], _ path: String) -> [String] {
        let known = schema["properties"] as? [String: [String: Any]] ?? [:]
        let names = schema["propertyNames"] as? [String: Any]
        var found: [String] = []
        for entry in entries {
            let place = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            if let pattern = names?["pattern"] as? String, !matches(entry.key, pattern) {
                found.append("\(place): no such name")
            }
            if let shape = known[entry.key] ?? schema["additionalProperties"] as? [String: Any] {
                found += findings(entry.value, against: shape, at: place)
            } else {
                found.append("\(place): not known")
            }
        }
        return found
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        text.range(of: pattern, options: .regularExpression) != nil
    }

    private static func kind(of node: YAMLNode) -> String {
        switch node.content {
        case .null: return "null"
        case .sequence: return "array"
        case .mapping: return "object"
        case .scalar(let text, let isPlain):
            guard isPlain else { return "string" }
            if ["true", "false"].contains(text) { return "boolean" }
            if Int(text) != nil { return "integer" }
            return Double(text) == nil ? "string" : "number"
        }
    }
}
