/// What the toolkit offers is explained where it is declared.
///
/// Exempt: initialisers; operators; properties of a documented type whose own type tells the unit
/// (a raw number does not); members that a conformance demands, since their protocol explains them.
/// One comment may stand for a run of one-line declarations without an empty line in between.
struct DocumentationRule: FileRule {
    static let name = "documentation"

    private static let modifiers: Set<Substring> = [
        "public", "open", "package", "static", "class", "final", "mutating", "nonmutating", "nonisolated", "override",
        "required", "convenience", "indirect", "lazy", "weak", "unowned", "dynamic", "borrowing", "consuming",
        "prefix", "postfix", "infix", "isolated", "distributed", "sending",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "actor", "func", "var", "let", "typealias", "macro", "subscript",
    ]
    private static let types: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "extension"]
    /// Members that conformances to the standard library's protocols demand.
    private static let standardMembers: Set<Substring> = [
        "description", "debugDescription", "customMirror", "hash", "encode", "rawValue", "next", "makeIterator",
        "hashValue", "startIndex", "endIndex", "index", "errorDescription", "id", "allCases",
    ]
    /// Protocols of other packages, which explain what they demand.
    private static let foreignProtocols: Set<Substring> = [
        "LogHandler", "MetricsFactory", "CounterHandler", "MeterHandler", "RecorderHandler", "TimerHandler", "Tracer",
        "Instrument", "Span", "Service", "ParsableCommand", "AsyncParsableCommand", "TaskExecutor", "SerialExecutor",
        "ClientTransport", "ServerTransport", "ClientInterceptor", "ServerInterceptor",
    ]
    /// Protocols that demand no member a reader would ask about.
    private static let markers: Set<Substring> = [
        "Sendable", "Hashable", "Equatable", "Comparable", "Codable", "Error", "CaseIterable", "any", "unchecked",
        "String", "Int", "Character", "UInt8",
    ]
    /// Types that do not say what they count or measure.
    private static let rawNumbers: Set<Substring> = [
        "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "Double", "Float",
    ]

    /// Members that protocols of the toolkit demand, and explain.
    let demanded: Set<Substring>

    init(demanded: Set<Substring> = []) { self.demanded = demanded }

    /// The rule for the toolkit that `files` make.
    init(for files: [SourceText]) {
        var demanded: Set<Substring> = []
        for file in files where file.path.hasPrefix("Sources/Toolkit/") && file.isSwift && !file.isGenerated {
            demanded.formUnion(Self.requirements(of: file))
        }
        self.init(demanded: demanded)
    }

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, !file.isGenerated, file.path.hasPrefix("Sources/Toolkit/") else { return [] }
        let places = (file.code.offsets(ofWord: "public") + file.code.offsets(ofWord: "open")).sorted()
        return places.compactMap { offset in
            let number = file.line(at: offset)
            let start = file.range(ofLine: number).lowerBound
            let before = String(decoding: file.code[start..<offset], as: UTF8.self).split(separator: " ")
            guard before.allSatisfy({ $0.hasPrefix("@") || Self.modifiers.contains($0) }),
                let declared = Self.declaration(file.codeLine(number)), !explainsItself(declared, file, number),
                !isDocumented(file, above: number)
            else { return nil }
            return finding(
                file, line: number, "`\(declared.name)` is public: say in a `///` comment what it means and promises")
        }
    }

    private struct Declaration {
        let kind: Substring
        let name: Substring
        let isStatic: Bool
        /// The declared type of a property, without `?`; empty when it is inferred.
        let type: Substring
    }

    /// What a line declares; nil for initialisers, operators, imports, extensions and anything else.
    private static func declaration(_ line: Substring) -> Declaration? {
        var words = line.split(separator: " ")[...]
        var isStatic = false
        // `public private(set) var`, `public static let`: the kind is the first word that is no modifier.
        while let word = words.first, modifiers.contains(word) || word.contains("(set)") || word.hasPrefix("@") {
            if word == "class", words.dropFirst().first.map({ !kinds.contains($0) }) ?? true { break }
            if word == "static" || word == "class" { isStatic = true }
            words = words.dropFirst()
        }
        guard let kind = words.first else { return nil }
        if kind.hasPrefix("subscript") {
            return Declaration(kind: "subscript", name: "subscript", isStatic: isStatic, type: "")
        }
        guard kinds.contains(kind), let rest = words.dropFirst().first else { return nil }
        let name = rest.prefix { isNameCharacter($0) }
        guard !name.isEmpty else { return nil }
        let type = line.split(separator: ": ", maxSplits: 1).dropFirst().first?.prefix { !"?={ ".contains($0) }
        return Declaration(kind: kind, name: name, isStatic: isStatic, type: type ?? "")
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "`"
    }

    private func explainsItself(_ declared: Declaration, _ file: SourceText, _ number: Int) -> Bool {
        if Self.standardMembers.contains(declared.name) { return true }
        guard let header = Self.enclosingHeader(file, of: number) else { return false }
        let isExtension = header.split(separator: " ").contains("extension")
        let conformances = Self.conformances(header)
        if isExtension, !conformances.isEmpty { return true }
        if isExtension || !conformances.isEmpty, demanded.contains(declared.name) { return true }
        if !conformances.isDisjoint(with: Self.foreignProtocols) { return true }
        let isProperty = (declared.kind == "let" || declared.kind == "var") && !declared.isStatic
        return isProperty && !declared.type.isEmpty && !Self.rawNumbers.contains(declared.type)
    }

    /// What the line that opens a type or extension says it conforms to, without protocols that demand nothing.
    private static func conformances(_ header: Substring) -> Set<Substring> {
        guard let list = header.split(separator: ": ", maxSplits: 1).dropFirst().first else { return [] }
        return Set(list.split { !isNameCharacter($0) }).subtracting(markers)
    }

    /// The line that opens the type or extension around line `number`, told by indentation.
    private static func enclosingHeader(_ file: SourceText, of number: Int) -> Substring? {
        var indentation = file.indentation(ofLine: number)
        var line = number - 1
        while line >= 1, indentation > 0 {
            let code = file.codeLine(line)
            if !code.isEmpty, code != "}", file.indentation(ofLine: line) < indentation {
                indentation = file.indentation(ofLine: line)
                if code.split(separator: " ").contains(where: { types.contains($0) }) { return code }
            }
            line -= 1
        }
        return nil
    }

    /// What the protocols in a file demand.
    private static func requirements(of file: SourceText) -> [Substring] {
        file.code.offsets(ofWord: "protocol").flatMap { offset -> [Substring] in
            guard let open = file.code[offset...].firstIndex(of: Byte.openCurly),
                let close = file.closingCurly(from: open)
            else { return [] }
            return (file.line(at: open)...file.line(at: close)).compactMap { declaration(file.codeLine($0))?.name }
        }
    }

    /// Whether a documentation comment ends right above line `number`; attributes may stand between.
    private func isDocumented(_ file: SourceText, above number: Int) -> Bool {
        var line = number - 1
        while line >= 1 {
            let code = file.codeLine(line)
            if code.hasPrefix("@") || code.hasPrefix("#if") {
                line -= 1
                continue
            }
            if !code.isEmpty, Self.declaration(code) != nil, code.hasPrefix("public ") {
                line -= 1
                continue
            }
            guard code.isEmpty else { return false }
            let comment = String(decoding: file.comments[file.range(ofLine: line)], as: UTF8.self).trimmed
            return comment.hasPrefix("///") || comment.hasSuffix("*/")
        }
        return false
    }
}
