/// JSON with indentation, for documents that people read and that are kept beside the code.
struct JSONText {
    private(set) var text = ""
    private var depth = 0
    private var isFirst = true

    mutating func open(_ bracket: String) {
        text += bracket
        depth += 1
        isFirst = true
    }

    mutating func close(_ bracket: String) {
        depth -= 1
        if !isFirst { newLine() }
        text += bracket
        isFirst = false
    }

    mutating func pair(_ key: String, _ value: String) {
        begin(key)
        text += Self.quoted(value)
    }

    mutating func pair(_ key: String, _ value: Bool) {
        begin(key)
        text += value ? "true" : "false"
    }

    mutating func pair(_ key: String, number: Double) {
        begin(key)
        text += number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }

    mutating func strings(_ key: String, _ values: [String]) {
        begin(key)
        text += "[" + values.map(Self.quoted).joined(separator: ", ") + "]"
    }

    mutating func object(_ key: String, _ body: (inout JSONText) -> Void) {
        begin(key)
        open("{")
        body(&self)
        close("}")
    }

    mutating func array(_ key: String, _ body: (inout JSONText) -> Void) {
        begin(key)
        open("[")
        body(&self)
        close("]")
    }

    /// An object as an element of an array.
    mutating func element(_ body: (inout JSONText) -> Void) {
        separate()
        open("{")
        body(&self)
        close("}")
    }

    private mutating func begin(_ key: String) {
        separate()
        text += Self.quoted(key) + ": "
    }

    private mutating func separate() {
        if !isFirst { text += "," }
        newLine()
        isFirst = false
    }

    private mutating func newLine() { text += "\n" + String(repeating: "  ", count: depth) }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
