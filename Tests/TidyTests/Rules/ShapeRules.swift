/// Files, functions and lines stay short enough to be read.
struct SizeRule: FileRule {
    static let name = "size"
    static let sourceLinesMax = 500
    static let testLinesMax = 800
    static let functionLinesMax = 60
    static let lineCharactersMax = 120

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, !file.isGenerated else { return [] }
        var found: [Finding] = []
        let limit = file.isTest ? Self.testLinesMax : Self.sourceLinesMax
        if file.lineCount > limit {
            found.append(finding(file, line: 1, "\(file.lineCount) lines, at most \(limit): split it by main type"))
        }
        for number in 1...max(1, file.lineCount) {
            let range = file.range(ofLine: number)
            // Fewer bytes than allowed characters cannot be too many characters.
            guard range.count > Self.lineCharactersMax else { continue }
            let characters = String(decoding: file.bytes[range], as: UTF8.self).count
            if characters > Self.lineCharactersMax {
                found.append(
                    finding(
                        file, line: number,
                        "\(characters) characters, at most \(Self.lineCharactersMax): break the line"))
            }
        }
        for function in file.functions where function.lines > Self.functionLinesMax {
            found.append(
                finding(
                    file, line: function.firstLine,
                    "`\(function.name)` has \(function.lines) lines, at most \(Self.functionLinesMax): name its steps"))
        }
        return found
    }
}

/// A file is named for what is in it.
struct FileNameRule: FileRule {
    static let name = "file-name"
    private static let vague = ["Utils", "Util", "Utilities", "Helpers", "Helper", "Common", "Manager", "Misc"]

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift else { return [] }
        let stem = file.name.prefix { $0 != "." && $0 != "+" }
        guard let word = Self.vague.first(where: { stem == $0 || stem.hasSuffix($0) || stem.hasPrefix($0 + "s") })
        else { return [] }
        return [finding(file, line: 1, "“\(word)” says nothing: name the type for its role, and the file for the type")]
    }
}

/// Nothing unfinished is merged.
struct UnfinishedRule: FileRule {
    static let name = "unfinished"
    /// In two parts each, so that this file does not find itself.
    private static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]

    func findings(in file: SourceText) -> [Finding] {
        guard !file.isGenerated else { return [] }
        return Self.marks.flatMap { mark in
            file.bytes.offsets(ofWord: mark).map {
                finding(
                    file, line: file.line(at: $0), "\(mark): finish it, or say in the documentation what is not there")
            }
        }
    }
}
