internal import Testing

/// The rules of docs/STYLE.md that a machine can check, on the sources of this repository.
@Suite("Tidy") struct TidyTests {
    private static let found = Result { RuleBook.findings(in: try Repository.here.get()) }

    @Test("the repository keeps the rule", arguments: RuleBook.ruleNames)
    func keeps(rule: String) throws {
        let findings = try Self.found.get().filter { $0.rule == rule }
        for finding in Ratchet.ours.uncovered(findings) { Issue.record("\(finding.description)") }
    }

    @Test("every exception is needed and names a rule")
    func ratchet() throws {
        for entry in Ratchet.ours.unused(try Self.found.get()) {
            Issue.record("nothing needs the exception for \(entry.rule) in \(entry.path) any more: remove it")
        }
        for entry in Ratchet.ours.entries { #expect(RuleBook.ruleNames.contains(entry.rule)) }
    }

    @Test("the whole repository was read")
    func complete() throws {
        let repository = try Repository.here.get()
        let manifest = try #require(repository.manifest)
        let targets = PackageTargets(manifest)
        #expect(targets.toolkit.count >= 15)
        #expect(targets.shop.count >= 10)
        for entry in targets.toolkit + targets.shop {
            #expect(
                repository.files.contains { $0.isSource && $0.target == entry.name },
                "no file of \(entry.name) was read")
        }
    }
}
