/// The text of the project speaks of the project: nothing of the machine it was written on, nothing of the tools.
struct OwnTextRule: FileRule {
    static let name = "own-text"

    /// In parts, so that this file does not find itself.
    private static let paths = [["/wo", "rk"], ["/tmp/b", "ash"], ["/tmp/bu", "ild.lock"], ["/tmp/g", "it.lock"]]
        .map { $0.joined() }
    private static let words = [
        ["cla", "ude"], ["anth", "ropic"], ["chat", "gpt"], ["open", "ai"], ["copi", "lot"], ["assis", "tant"],
        ["language", " model"], ["ai-gen", "erated"], ["sub", "agent"], ["coding", " agent"],
    ].map { $0.joined() }

    func findings(in file: SourceText) -> [Finding] {
        var found: [Finding] = []
        for path in Self.paths {
            // The start of an absolute path only: not `network/work`, not `/worker`.
            for offset in file.bytes.offsets(ofWord: path) {
                if offset > 0, isPathCharacter(file.bytes[offset - 1]) { continue }
                found.append(
                    finding(
                        file, line: file.line(at: offset),
                        "`\(path)` is a place on one machine: use a path from the root"))
            }
        }
        for word in Self.words {
            let forms = [word, word.prefix(1).uppercased() + word.dropFirst(), word.uppercased()]
            for offset in forms.flatMap({ file.bytes.offsets(of: $0) }) {
                found.append(
                    finding(
                        file, line: file.line(at: offset), "“\(word)” is about how the text was written: leave it out"))
            }
        }
        return found.sorted { $0.line < $1.line }
    }

    private func isPathCharacter(_ byte: UInt8) -> Bool {
        Byte.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
            || byte == UInt8(ascii: "}")
    }
}

/// What is made by a build or a run is not in version control.
struct TrackedFilesRule {
    static let name = "tracked-files"

    func findings(in tracked: [String]) -> [Finding] {
        tracked.compactMap { path in
            let parts = path.split(separator: "/")
            let isBuild = parts.contains { $0.hasPrefix(".build") }
            let isState = parts.first == "data" || path.hasSuffix(".sqlite") || path.hasSuffix(".sqlite-wal")
            guard isBuild || isState || path.hasSuffix("Package.resolved") else { return nil }
            return Finding(
                rule: Self.name, path: path, line: 1,
                message: "made by a build or a run: `git rm --cached` it; .gitignore lists it")
        }
    }
}
