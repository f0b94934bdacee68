public import FlotillaCore

/// The fields of a query string or a form (WHATWG `application/x-www-form-urlencoded`), in their order.
public struct Parameters: Sendable {
    /// At most this many are taken.
    public static let countMax = 128

    private var pairs: [(name: String, value: String)] = []

    /// No parameters.
    public init() {}

    /// - Throws: ``ServiceError`` `malformed-query` (400) when an escape is broken, the result is no UTF-8
    ///   or there are more than ``countMax``.
    public init(parsing text: String) throws(ServiceError) {
        guard !text.isEmpty else { return }
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < Self.countMax else {
                throw ServiceError(.malformed, "malformed-query", "There are more than \(Self.countMax) parameters.")
            }
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decode(halves.dropFirst().first ?? halves[0].prefix(0), plusIsSpace: true)
            else {
                throw ServiceError(
                    .malformed, "malformed-query",
                    "A parameter is not valid: a % must be followed by two hexadecimal digits, and the whole be UTF-8.")
            }
            pairs.append((name, value))
        }
    }

    /// All names, each once, in the order of their first occurrence.
    public var names: [String] {
        var names: [String] = []
        for pair in pairs where !names.contains(pair.name) { names.append(pair.name) }
        return names
    }

    /// The first value of that name.
    public subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of that name.
    public func values(of name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
