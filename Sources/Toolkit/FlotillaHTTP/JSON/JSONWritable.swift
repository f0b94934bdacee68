public import FlotillaCore

/// Something that can be written as one JSON value.
public protocol JSONWritable {
    /// Writes exactly one value.
    func write(to json: inout JSONWriter)
}

extension String: JSONWritable {
    /// A string.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Bool: JSONWritable {
    /// `true` or `false`.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int: JSONWritable {
    /// A whole number.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int64: JSONWritable {
    /// A whole number.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Double: JSONWritable {
    /// A number; `null` when it is none.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Timestamp: JSONWritable {
    /// RFC 3339, UTC, with milliseconds.
    public func write(to json: inout JSONWriter) { json.value(description) }
}

extension Money: JSONWritable {
    /// `{"amount": 9999, "currency": "USD"}`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("amount", amount)
            json.field("currency", currency)
        }
    }
}

extension JSONValue: JSONWritable {
    /// The value as it is.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension JSONObject: JSONWritable {
    /// The members in their order.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            for member in members { json.field(member.name, member.value) }
        }
    }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// Nil is `null`.
    public func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.null() }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    /// An array.
    public func write(to json: inout JSONWriter) {
        json.array { json in
            for element in self { element.write(to: &json) }
        }
    }
}
