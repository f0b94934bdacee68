/// What the heads of requests and answers have in common: fields to look up, without allocation.
public protocol WireHead {
    /// All fields, in their order.
    var fields: [WireField] { get }
}

extension WireHead {
    /// The first field of that kind; nil when there is none.
    public func first(_ known: KnownField) -> WireField? {
        for field in fields where field.known == known { return field }
        return nil
    }

    /// How many fields of that kind there are.
    public func count(_ known: KnownField) -> Int {
        var count = 0
        for field in fields where field.known == known { count += 1 }
        return count
    }

    /// The first field of that name, whatever the case of its letters; `name` is lower case.
    public func first(named name: StaticString, in bytes: UnsafeRawBufferPointer) -> WireField? {
        let bytes = WireBytes(bytes)
        for field in fields where bytes.says(name, field.name.start, field.name.end) { return field }
        return nil
    }

    /// The first field of that name, whatever the case of its letters; `name` is lower case, as UTF-8.
    public func first(named name: [UInt8], in bytes: UnsafeRawBufferPointer) -> WireField? {
        let view = WireBytes(bytes)
        return fields.first { field in
            guard field.name.count == name.count else { return false }
            for place in 0..<name.count
            where WireByte.lowercase(view[field.name.start + place]) != name[place] { return false }
            return true
        }
    }

    /// The value of the first field of that kind as text. Allocates.
    public func text(_ known: KnownField, in bytes: UnsafeRawBufferPointer) -> String? {
        first(known)?.value.text(of: bytes)
    }

    /// Names and values as text, in their order. Allocates: for logs, plugins and tests.
    public func texts(in bytes: UnsafeRawBufferPointer) -> [(name: String, value: String)] {
        fields.map { ($0.name.text(of: bytes), $0.value.text(of: bytes)) }
    }

    /// Whether Connection lists the name `start..<end`, whatever the case of its letters.
    func isNamedByConnection(_ name: WireRange, _ bytes: WireBytes) -> Bool {
        for field in fields where field.known == .connection {
            var list = WireList(bytes, field.value)
            while let element = list.next() {
                if bytes.same(element.start..<element.end, name.start..<name.end) { return true }
            }
        }
        return false
    }
}
