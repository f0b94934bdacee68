/// A strict recursive-descent parser (RFC 8259) over bytes.
///
/// It never reads past the end and never recurses deeper than `depthMax`, so hostile input costs
/// no more than time proportional to its length.
struct JSONParser {
    let bytes: [UInt8]
    let depthMax: Int
    var index = 0
    private var depth = 0

    init(bytes: [UInt8], depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    /// The whole text: one value, white space around it, nothing else.
    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("a byte order mark is not allowed") }
        skipWhitespace()
        guard index < bytes.count else { throw error("the text is empty") }
        let value = try self.value()
        skipWhitespace()
        guard index == bytes.count else { throw error("there is more after the value") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard index < bytes.count else { throw error("the text ends where a value is expected") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("a value is expected")
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try enter()
        var members: [JSONObject.Member] = []
        var names = NameSet()
        skipWhitespace()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return JSONObject()
        }
        while true {
            skipWhitespace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw error("a member name in double quotes is expected")
            }
            let start = index
            let name = try string()
            guard names.insert(name, among: members) else {
                throw JSONError(offset: start, reason: "the name \"\(name.prefix(64))\" occurs twice in one object")
            }
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw error("a colon is expected") }
            skipWhitespace()
            members.append(JSONObject.Member(name: name, value: try value()))
            skipWhitespace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error("a comma or } is expected") }
            depth -= 1
            return JSONObject(members)
        }
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipWhitespace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return elements
        }
        while true {
            skipWhitespace()
            elements.append(try value())
            skipWhitespace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error("a comma or ] is expected") }
            depth -= 1
            return elements
        }
    }

    /// Steps over the opening bracket.
    private mutating func enter() throws(JSONError) {
        guard depth < depthMax else { throw error("arrays and objects are nested deeper than \(depthMax)") }
        depth += 1
        index += 1
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let count = word.utf8CodeUnitCount
        guard bytes.count - index >= count else { throw error("a value is expected") }
        for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] {
            throw error("a value is expected")
        }
        index += count
    }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    func error(_ reason: String) -> JSONError { JSONError(offset: index, reason: reason) }
}

/// The names of one object so far: compared one by one while they are few, hashed when they are many,
/// so that neither a usual object allocates a set nor a hostile one takes quadratic time.
private struct NameSet {
    private var many: Set<String> = []

    /// - Returns: whether the name is new.
    mutating func insert(_ name: String, among members: [JSONObject.Member]) -> Bool {
        if members.count < 16 { return !members.contains { $0.name == name } }
        if many.isEmpty { many = Set(members.map(\.name)) }
        return many.insert(name).inserted
    }
}
