/// What Package.swift says about our own targets.
struct PackageTargets {
    struct Entry {
        let name: String
        let dependencies: [String]
        let line: Int
    }

    /// Toolkit targets in the order in which they stand.
    private(set) var toolkit: [Entry] = []
    private(set) var shop: [Entry] = []
    private(set) var tests: [Entry] = []

    /// Reads the calls `toolkit("Name", "A B C")`, `shop(…)` and `tests(…)`; constants like `service` are resolved.
    init(_ manifest: SourceText) {
        let text = manifest.bytes
        let constants = Self.constants(manifest)
        for (function, keyPath) in [
            ("toolkit(", \PackageTargets.toolkit), ("shop(", \.shop), ("tests(", \.tests),
        ] as [(String, WritableKeyPath<PackageTargets, [Entry]>)] {
            for offset in manifest.code.offsets(of: function) {
                guard offset == 0 || !Byte.isWord(manifest.code[offset - 1]) else { continue }
                let start = offset + function.utf8.count
                guard let end = Self.end(of: start, in: manifest.code) else { continue }
                let words = Self.strings(text[start..<end], constants)
                // The declaration of the function itself has no string for a name.
                guard let name = words.first?.split(separator: " ").first else { continue }
                let dependencies = words.dropFirst().flatMap { $0.split(separator: " ").map(String.init) }
                self[keyPath: keyPath].append(
                    Entry(name: String(name), dependencies: dependencies, line: manifest.line(at: offset)))
            }
        }
    }

    /// The bracket that closes the one before `start`.
    private static func end(of start: Int, in code: [UInt8]) -> Int? {
        var depth = 0
        for index in start..<code.count {
            if code[index] == Byte.openRound { depth += 1 }
            if code[index] == Byte.closeRound {
                if depth == 0 { return index }
                depth -= 1
            }
        }
        return nil
    }

    /// `let service = """ … """` and the like: name to text.
    private static func constants(_ manifest: SourceText) -> [String: String] {
        var found: [String: String] = [:]
        for offset in manifest.code.offsets(ofWord: "let") {
            let line = manifest.codeLine(manifest.line(at: offset))
            let words = line.split(separator: " ")
            guard words.count >= 4, words[2] == "=", words[3] == "\"\"\"" else { continue }
            let rest = manifest.bytes[offset...]
            if let text = strings(rest, [:], limit: 1).first { found[String(words[1])] = text }
        }
        return found
    }

    /// The string literals in `bytes`, in order; `name + "text"` takes the constant `name` in front.
    private static func strings(
        _ bytes: ArraySlice<UInt8>, _ constants: [String: String], limit: Int = .max
    ) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self)
        var result: [String] = []
        var rest = Substring(text)
        while result.count < limit, let quote = rest.firstIndex(of: "\"") {
            for word in rest[..<quote].split(whereSeparator: { !$0.isLetter }) {
                if let constant = constants[String(word)] { result.append(constant) }
            }
            let delimiter = rest[quote...].hasPrefix("\"\"\"") ? "\"\"\"" : "\""
            let from = rest.index(quote, offsetBy: delimiter.count)
            guard let close = rest[from...].firstRange(of: delimiter) else { return result }
            let flat = rest[from..<close.lowerBound].map { $0 == "\\" || $0 == "\n" ? " " : $0 }
            result.append(String(flat))
            rest = rest[close.upperBound...]
        }
        for word in rest.split(whereSeparator: { !$0.isLetter }) where result.count < limit {
            if let constant = constants[String(word)] { result.append(constant) }
        }
        return result
    }
}
