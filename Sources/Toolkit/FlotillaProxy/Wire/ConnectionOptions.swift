/// What the fields Connection of a head list, taken together (RFC 9110 §7.6.1).
public struct ConnectionOptions: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The sender closes after this message.
    public static let close = ConnectionOptions(rawValue: 1)
    /// The sender, of HTTP/1.0, wants to go on.
    public static let keepAlive = ConnectionOptions(rawValue: 2)
    /// The field Upgrade is meant for this hop.
    public static let upgrade = ConnectionOptions(rawValue: 4)
    /// Other names are listed: fields with these names end at this hop.
    public static let named = ConnectionOptions(rawValue: 8)

    /// Adds what `value` lists; false when it is no list of tokens. Empty elements are allowed (RFC 9110 §5.6.1.2).
    mutating func add(_ bytes: WireBytes, _ value: WireRange) -> Bool {
        var list = WireList(bytes, value)
        while let element = list.next() {
            guard list.isToken(element) else { return false }
            if bytes.says("close", element.start, element.end) {
                insert(.close)
            } else if bytes.says("keep-alive", element.start, element.end) {
                insert(.keepAlive)
            } else if bytes.says("upgrade", element.start, element.end) {
                insert(.upgrade)
            } else if !bytes.says("te", element.start, element.end) {
                insert(.named)
            }
        }
        return true
    }
}
