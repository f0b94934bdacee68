internal import FlotillaProxy

/// The head of a request as policies look at it, wherever it lies: in the memory of a loop, or in a ``Request``.
///
/// Names of fields are given in lower case. Each answer that is text allocates when it is long.
protocol EdgeHead: ~Copyable {
    /// `GET`, as it was sent.
    borrowing func methodText() -> String
    /// Whether that is the method.
    borrowing func isMethod(_ name: [UInt8]) -> Bool
    /// Percent-encoded, without the query; begins with `/`.
    borrowing func pathText() -> String
    /// What stands behind the `?`; empty when there is none.
    borrowing func queryText() -> String
    /// Host and port that the request is for, as sent; may be empty.
    borrowing func hostText() -> String
    /// The value of the first field of that name.
    borrowing func field(_ name: String) -> String?
    /// Lends the bytes of that value, where they lie if they can be lent; nil: there is no such field.
    borrowing func withField<T>(_ name: KnownField, _ body: (UnsafeRawBufferPointer?) -> T) -> T
    /// The values of all fields of that name, in their order; empty when there is none.
    borrowing func fieldLines(_ name: String) -> [String]
    /// All fields, their names in lower case.
    borrowing func allFields() -> [(name: String, value: String)]
    /// The IP address that the request came from.
    borrowing func addressText() -> String
}

extension EdgeHead where Self: ~Copyable {
    borrowing func withField<T>(_ name: KnownField, _ body: (UnsafeRawBufferPointer?) -> T) -> T {
        guard var text = field("\(name.name)") else { return body(nil) }
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
