public import FlotillaCore

extension JSONWriter {
    // MARK: Values of other types

    /// Writes anything that knows how.
    public mutating func value(_ value: some JSONWritable) { value.write(to: &self) }

    /// Writes an ID as a string.
    public mutating func value(_ id: some TypedID) { value(id.text) }

    /// Writes a tree of values.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .integer(let number): self.value(number)
        case .number(let number): self.value(number)
        case .string(let text): self.value(text)
        case .array(let elements): array { json in for element in elements { json.value(element) } }
        case .object(let object): object.write(to: &self)
        }
    }

    // MARK: Fields of an object

    /// Writes a field that is a string.
    public mutating func field(_ name: String, _ value: String) {
        self.name(name)
        self.value(value)
    }

    /// Writes a field that is a whole number.
    public mutating func field(_ name: String, _ value: Int) {
        self.name(name)
        self.value(value)
    }

    /// Writes a field that is a whole number.
    public mutating func field(_ name: String, _ value: Int64) {
        self.name(name)
        self.value(value)
    }

    /// Writes a field that is true or false.
    public mutating func field(_ name: String, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    /// Nil is written as `null`; see ``optionalField(_:_:)-(_,JSONWritable?)`` to leave it out.
    public mutating func field(_ name: String, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    /// Writes a field that is an ID.
    public mutating func field(_ name: String, _ id: some TypedID) { field(name, id.text) }

    /// Nil is written as `null`.
    public mutating func field<ID: TypedID>(_ name: String, _ id: ID?) { field(name, id?.text) }

    /// Writes a field that is a list of IDs.
    public mutating func field<ID: TypedID>(_ name: String, _ ids: [ID]) {
        array(name) { json in for id in ids { json.value(id.text) } }
    }

    /// Leaves the field out when the value is nil.
    public mutating func optionalField<Value: JSONWritable>(_ name: String, _ value: Value?) {
        if let value { field(name, value) }
    }

    /// Leaves the field out when the value is nil.
    public mutating func optionalField<ID: TypedID>(_ name: String, _ id: ID?) {
        if let id { field(name, id.text) }
    }

    /// Writes a field that is an object.
    public mutating func object(_ name: String, _ members: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try object(members)
    }

    /// Writes a field that is an array.
    public mutating func array(_ name: String, _ elements: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try array(elements)
    }

    /// Writes a field that is an array of objects; `members` writes the fields of one.
    public mutating func array<Items: Sequence>(
        _ name: String, _ items: Items, _ members: (inout JSONWriter, Items.Element) throws -> Void
    ) rethrows {
        try array(name) { json in
            for item in items { try json.object { json in try members(&json, item) } }
        }
    }

    /// Writes a field that is complete JSON already.
    public mutating func rawField(_ name: String, _ json: [UInt8]) {
        self.name(name)
        raw(json)
    }
}
