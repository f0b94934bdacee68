extension FieldReader {
    /// A whole number.
    public mutating func int(_ name: String, in range: ClosedRange<Int>) -> Int {
        optionalInt(name, isRequired: true, in: range) ?? range.lowerBound
    }

    /// A whole number that may be missing or null.
    public mutating func optionalInt(_ name: String, in range: ClosedRange<Int>) -> Int? {
        optionalInt(name, isRequired: false, in: range)
    }

    /// A whole number of 64 bits.
    public mutating func int64(_ name: String, in range: ClosedRange<Int64>) -> Int64 {
        whole(name, isRequired: true, in: range) ?? range.lowerBound
    }

    /// A whole number of 64 bits that may be missing or null.
    public mutating func optionalInt64(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        whole(name, isRequired: false, in: range)
    }

    /// A number, with or without a fraction.
    public mutating func double(_ name: String, in range: ClosedRange<Double>) -> Double {
        number(name, isRequired: true, in: range) ?? range.lowerBound
    }

    /// A number that may be missing or null.
    public mutating func optionalDouble(_ name: String, in range: ClosedRange<Double>) -> Double? {
        number(name, isRequired: false, in: range)
    }

    /// `true` or `false`.
    public mutating func bool(_ name: String) -> Bool {
        field(name, isRequired: true, ["type": "boolean"], Self.flag) ?? false
    }

    /// `true` or `false`, or missing or null.
    public mutating func optionalBool(_ name: String) -> Bool? {
        field(name, isRequired: false, ["type": "boolean"], Self.flag)
    }

    private mutating func optionalInt(_ name: String, isRequired: Bool, in range: ClosedRange<Int>) -> Int? {
        whole(name, isRequired: isRequired, in: Int64(range.lowerBound)...Int64(range.upperBound)).map { Int($0) }
    }

    private mutating func whole(_ name: String, isRequired: Bool, in range: ClosedRange<Int64>) -> Int64? {
        field(
            name, isRequired: isRequired,
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        ) { Self.whole($0, in: range) }
    }

    private mutating func number(_ name: String, isRequired: Bool, in range: ClosedRange<Double>) -> Double? {
        field(
            name, isRequired: isRequired,
            ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        ) { raw in
            let value: Double? = switch raw {
            case .json(let value): value.double
            case .text(let text): Self.isDecimal(text) ? Double(text) : nil
            }
            guard let value, range.contains(value) else {
                return .failure(Complaint("must be a number from \(range.lowerBound) to \(range.upperBound)"))
            }
            return .success(value)
        }
    }

    static func whole(_ raw: Raw, in range: ClosedRange<Int64>) -> Result<Int64, Complaint> {
        let value: Int64? = switch raw {
        case .json(.integer(let value)): value
        // JSON Schema takes 5.0 for a whole number, and so do we, where the number is exact.
        case .json(.number(let value)): abs(value) < 0x1p53 ? Int64(exactly: value) : nil
        case .json: nil
        case .text(let text): text.utf8.first == UInt8(ascii: "+") ? nil : Int64(text)
        }
        guard let value, range.contains(value) else {
            return .failure(
                Complaint("must be a whole number from \(range.lowerBound) to \(range.upperBound)"))
        }
        return .success(value)
    }

    private static func flag(_ raw: Raw) -> Result<Bool, Complaint> {
        switch raw {
        case .json(.bool(let value)): .success(value)
        case .text("true"): .success(true)
        case .text("false"): .success(false)
        default: .failure(Complaint("must be true or false"))
        }
    }

    /// Digits, one point and a sign only: `Double` would also take `inf`, `nan` and hexadecimal.
    private static func isDecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 32 && text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
    }
}
