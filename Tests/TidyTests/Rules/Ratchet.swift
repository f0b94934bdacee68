/// The exceptions to the rules, each with its reason. The list only gets shorter: an entry that
/// nothing needs any more fails the tests until it is removed.
struct Ratchet {
    struct Entry {
        /// The rule's name.
        let rule: String
        /// A file, or a folder with its closing `/`.
        let path: String
        /// What the finding's message must contain; empty for any finding of the rule.
        let about: String
        /// Why it is right here.
        let reason: String

        func covers(_ finding: Finding) -> Bool {
            finding.rule == rule && (path.hasSuffix("/") ? finding.path.hasPrefix(path) : finding.path == path)
                && (about.isEmpty || finding.message.contains(about))
        }
    }

    let entries: [Entry]

    /// The findings that no entry covers.
    func uncovered(_ findings: [Finding]) -> [Finding] {
        findings.filter { finding in !entries.contains { $0.covers(finding) } }
    }

    /// The entries that cover none of `findings`, all there are.
    func unused(_ findings: [Finding]) -> [Entry] {
        entries.filter { entry in !findings.contains { entry.covers($0) } }
    }
}
