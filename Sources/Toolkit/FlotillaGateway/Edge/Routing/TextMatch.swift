/// What a value must be: `gold` exactly, `beta-*` something that begins so, `*` anything as long as it is there.
struct TextMatch: Sendable, Hashable {
    private let text: [UInt8]
    private let isPrefix: Bool

    init(_ text: String) {
        isPrefix = text.hasSuffix("*")
        self.text = Array((isPrefix ? text.dropLast() : text[...]).utf8)
    }

    /// - Parameter value: nil: it is not there.
    func fits(_ value: String?) -> Bool {
        guard let value else { return false }
        return isPrefix ? value.utf8.starts(with: text) : value.utf8.elementsEqual(text)
    }
}

/// Whom a request is for: `api.example.com`, or `*.example.com` for all names below that one (and not itself).
/// Letters of either case are the same; the port does not count.
struct HostMatch: Sendable, Hashable {
    private let name: String
    private let isSuffix: Bool

    init(_ text: String) {
        let lower = text.lowercased()
        isSuffix = lower.hasPrefix("*.")
        name = isSuffix ? String(lower.dropFirst()) : lower
    }

    /// - Parameter host: with or without a port.
    func fits(_ host: String) -> Bool {
        var bare = host[...]
        // The colons inside the brackets of an address of version 6 begin no port.
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") { bare = host[..<colon] }
        let lower = bare.lowercased()
        return isSuffix ? lower.hasSuffix(name) && lower.utf8.count > name.utf8.count : lower == name
    }
}
