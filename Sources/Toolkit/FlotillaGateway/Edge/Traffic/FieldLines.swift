/// Fields of a head as they go over the wire: whole lines, each with its end. The one place where policies make them,
/// so that no value can end its line early (CWE-113).
struct FieldLines: Sendable, Hashable {
    /// `name: value\r\n`, one after another.
    private(set) var bytes: [UInt8]

    init() { bytes = [] }

    /// - Parameter fields: names must be tokens.
    init(_ fields: [(name: String, value: String)]) {
        bytes = []
        for field in fields { add(field.name, field.value) }
    }

    /// Empty, with room for so many bytes.
    init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Adds a field. What may not stand in a value (control characters, line ends among them) becomes a space.
    ///
    /// - Parameter name: a token (RFC 9110 §5.6.2).
    mutating func add(_ name: String, _ value: String) {
        begin(name)
        append(value)
        end()
    }

    mutating func add(_ other: FieldLines) { bytes.append(contentsOf: other.bytes) }

    // MARK: In pieces, for values that are made of several

    mutating func begin(_ name: String) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    mutating func append(_ text: String) { append(text.utf8) }

    mutating func append(_ text: some Sequence<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        bytes.withUnsafeMutableBufferPointer { bytes in
            for place in start..<bytes.count where bytes[place] < 0x20 || bytes[place] == 0x7F {
                if bytes[place] != 9 { bytes[place] = 0x20 }
            }
        }
    }

    /// A whole number.
    mutating func append(_ number: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        if bytes.count - start > 1 { bytes[start...].reverse() }
    }

    mutating func end() {
        bytes.append(13)
        bytes.append(10)
    }

    /// Names and values, in their order, for answers that are not written as lines.
    var fields: [(name: String, value: String)] {
        bytes.split(separator: 10).compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            return (name, String(decoding: line[(colon + 2)...].dropLast(), as: UTF8.self))
        }
    }
}
