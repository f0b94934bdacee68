/// An import of a Swift file.
struct ImportLine {
    let line: Int
    /// `Foundation`; for `import struct A.B` it is `A`.
    let module: Substring
    /// `public`, `package`, `internal`, `fileprivate`, `private`; nil when none is written.
    let access: Substring?
}

extension SourceText {
    private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    /// The imports of a Swift file, in order.
    var imports: [ImportLine] {
        code.offsets(ofWord: "import").compactMap { offset in
            let number = line(at: offset)
            let words = codeLine(number).split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
            else { return nil }
            var module = words[place + 1]
            if Self.kinds.contains(module), place + 2 < words.count { module = words[place + 2] }
            return ImportLine(
                line: number, module: module.prefix { $0 != "." },
                access: words[..<place].first { Self.accessLevels.contains($0) })
        }
    }
}
