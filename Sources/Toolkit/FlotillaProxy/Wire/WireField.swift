/// One field of a head: where its name and its value stand.
public struct WireField: Sendable, Hashable {
    /// The name, a token, as the peer wrote it.
    public let name: WireRange
    /// The value without spaces and tabs around it; may be empty.
    public let value: WireRange
    /// Which field it is, when it is one that the gateway knows.
    public let known: KnownField
    /// Whether the line is `name: value` with one space, so that it can be copied as it stands.
    let isPlain: Bool

    /// The whole line with its CR LF.
    var line: Range<Int> { name.start..<(value.end + 2) }
}
