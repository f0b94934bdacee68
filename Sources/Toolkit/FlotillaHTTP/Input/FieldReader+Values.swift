public import FlotillaCore

extension FieldReader {
    // MARK: Identifiers

    /// The ID of something: 1 to 64 characters of `A–Z a–z 0–9 - _`.
    public mutating func id<ID: TypedID>(_ name: String, as type: ID.Type = ID.self) -> ID {
        field(name, isRequired: true, Self.idSchema, Self.identifier) ?? ID(unchecked: "")
    }

    /// The ID of something, or missing or null.
    public mutating func optionalID<ID: TypedID>(_ name: String, as type: ID.Type = ID.self) -> ID? {
        field(name, isRequired: false, Self.idSchema, Self.identifier)
    }

    // MARK: Times

    /// A point in time, RFC 3339.
    public mutating func timestamp(_ name: String) -> Timestamp {
        field(name, isRequired: true, Self.timeSchema, Self.time) ?? Timestamp(microseconds: 0)
    }

    /// A point in time, or missing or null.
    public mutating func optionalTimestamp(_ name: String) -> Timestamp? {
        field(name, isRequired: false, Self.timeSchema, Self.time)
    }

    // MARK: Money

    /// `{"amount": 9999, "currency": "USD"}`, the amount in the currency's minor unit.
    ///
    /// - Parameter currencies: which are taken; empty: any three capital letters.
    public mutating func money(_ name: String, amount: ClosedRange<Int64>, currencies: [String] = []) -> Money {
        sum(name, isRequired: true, amount, currencies)
            ?? Money(amount: amount.lowerBound, currency: currencies.first ?? "USD")
    }

    /// Money, or missing or null.
    public mutating func optionalMoney(
        _ name: String, amount: ClosedRange<Int64>, currencies: [String] = []
    ) -> Money? {
        sum(name, isRequired: false, amount, currencies)
    }

    private mutating func sum(
        _ name: String, isRequired: Bool, _ amount: ClosedRange<Int64>, _ currencies: [String]
    ) -> Money? {
        let object: JSONObject? = field(
            name, isRequired: isRequired, Self.moneySchema(amount, currencies), Self.object)
        guard let object else { return nil }
        var reader = FieldReader(object: object, path: location(of: name))
        let value = Money(
            amount: reader.int64("amount", in: amount),
            currency: currencies.isEmpty
                ? reader.string("currency", length: 3...3, .capitals) : reader.choice("currency", of: currencies))
        let wrong = reader.finish()
        note(wrong)
        return wrong.isEmpty ? value : nil
    }

    // MARK: Checks and schemas

    private static func identifier<ID: TypedID>(_ raw: Raw) -> Result<ID, Complaint> {
        let text: String? = switch raw {
        case .text(let value), .json(.string(let value)): value
        case .json: nil
        }
        guard let id = text.flatMap({ ID($0) }) else {
            return .failure(Complaint("must be an ID: 1 to 64 letters, digits, - and _"))
        }
        return .success(id)
    }

    private static func time(_ raw: Raw) -> Result<Timestamp, Complaint> {
        let text: String? = switch raw {
        case .text(let value), .json(.string(let value)): value
        case .json: nil
        }
        guard let text, text.utf8.count <= 64, let time = Timestamp(text) else {
            return .failure(Complaint("must be a time like 2026-11-21T08:30:00Z"))
        }
        return .success(time)
    }

    private static func moneySchema(_ amount: ClosedRange<Int64>, _ currencies: [String]) -> JSONValue {
        let currency: JSONValue = currencies.isEmpty
            ? ["type": "string", "pattern": "^[A-Z]{3}$", "examples": ["USD"]]
            : ["type": "string", "enum": .array(currencies.map { .string($0) })]
        return [
            "type": "object",
            "properties": [
                "amount": [
                    "type": "integer", "minimum": .integer(amount.lowerBound), "maximum": .integer(amount.upperBound),
                ],
                "currency": currency,
            ],
            "required": ["amount", "currency"], "additionalProperties": false,
        ]
    }

    private static var idSchema: JSONValue {
        [
            "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$",
            "examples": ["01KBB2A7Q3M0W9T5XJ8VZ4C6DE"],
        ]
    }

    private static var timeSchema: JSONValue {
        ["type": "string", "format": "date-time", "examples": ["2026-11-21T08:30:00.125Z"]]
    }
}
