internal import FlotillaCore

/// Files that are almost YAML, or YAML that is meant to be too much.
public enum YAMLInput {
    private static let pieces = [
        "\n", "\r\n", "\r", "  ", "\t", ":", ": ", "- ", "? ", "&a ", "*a", "*a ", "<<: *a\n", "!!str ", "!x ", "!<",
        "|\n", ">-\n", "|9\n", "\"", "'", "\"\\", "\\x0", "[", "]", "{", "}", ",", "{}", "[]", "#", "~", "null",
        "true", "0x1F", "1e999", "-9223372036854775809", ".nan", "%YAML 1.1\n", "%TAG ! x\n", "---\n", "...\n",
        "\u{0}", "\u{7}", "\u{7F}", "\u{C2}\u{85}", "\u{C3}", "\u{FF}\u{FE}", "\u{EF}\u{BB}\u{BF}",
        "\u{E2}\u{80}\u{A8}", "\u{F4}\u{90}", "5s", "120%", "&b [*a, *a]\n", "? [*a]\n: 1\n", "{*a}", "@", "`",
        "a: &a [1, 1]\n",
    ]

    /// Made of whole files.
    public static func corpus(_ files: [String]) -> FuzzCorpus {
        FuzzCorpus(files.map { Array($0.utf8) }, pieces: pieces, bytesMax: 16_384)
    }

    /// A file of the corpus with some changes; now and then one that nests deep, names things often or is long.
    ///
    /// Bytes that are not UTF-8 are replaced, as a file that has them is refused before it comes to YAML.
    public static func text(_ fuzz: FuzzInput) -> String {
        guard fuzz.random.int(in: 0...4) == 0 else { return String(decoding: fuzz.bytes(), as: UTF8.self) }
        return String(decoding: fuzz.mutated(Array(excess(fuzz).utf8)), as: UTF8.self)
    }

    private static func excess(_ fuzz: FuzzInput) -> String {
        let count = fuzz.random.int(in: 1...3_000)
        let known = String(decoding: fuzz.known(), as: UTF8.self)
        switch fuzz.random.int(in: 0...11) {
        case 0: return aliases(depth: fuzz.random.int(in: 1...40), width: fuzz.random.int(in: 1...12))
        case 1:
            let key = fuzz.random.int(in: 0...40)
            return aliases(depth: fuzz.random.int(in: 1...40), width: 9) + "? *a\(key)\n: 1\n"
        case 2: return "routes: " + many("[", count) + many("]", fuzz.random.int(in: 0...count))
        case 3: return many("{routes: ", count)
        case 4: return many("- ", count)
        case 5: return many("? ", count)
        case 6: return (0..<fuzz.random.int(in: 1...150)).map { many(" ", $0) + "upstreams:\n" }.joined()
        case 7: return known + "\nlisten: " + many("x", count * 5)
        case 8: return known + "\nlisten: |\n" + many("  long\n", count)
        case 9: return many("\(many("k", fuzz.random.int(in: 1...1_200))): 1\n", fuzz.random.int(in: 1...40))
        case 10: return (0..<count).map { "k\($0): {}\n" }.joined()
        default: return known + many("listen: 127.0.0.1:1\n", count)
        }
    }

    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static func aliases(depth: Int, width: Int) -> String {
        var text = "a0: &a0 [1]\n"
        for level in 1...depth {
            let items = Array(repeating: "*a\(level - 1)", count: width).joined(separator: ",")
            text += "a\(level): &a\(level) \(level % 3 == 0 ? "{x: [\(items)]}" : "[\(items)]")\n"
        }
        return text
    }
}
