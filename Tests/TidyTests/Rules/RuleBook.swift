/// All rules, and what they find.
enum RuleBook {
    static func fileRules(for files: [SourceText]) -> [any FileRule] {
        [
            ImportAccessRule(), LayerRule(), DomainRule(), NetworkImportRule(), BareClientRule(), BannedCallRule(),
            ExplanationRule(), SizeRule(), FileNameRule(), UnfinishedRule(), DocumentationRule(for: files),
            OwnTextRule(),
        ]
    }

    static var ruleNames: [String] {
        fileRules(for: []).map { type(of: $0).name } + [ManifestRule.name, TrackedFilesRule.name]
    }

    /// Everything that breaks a rule, in the order of rules and files.
    static func findings(in repository: Repository) -> [Finding] {
        let files = repository.files
        var found = fileRules(for: files).flatMap { rule in files.flatMap { rule.findings(in: $0) } }
        if let manifest = repository.manifest {
            found += ManifestRule().findings(in: manifest, files: files)
        }
        return found + TrackedFilesRule().findings(in: repository.tracked)
    }
}
