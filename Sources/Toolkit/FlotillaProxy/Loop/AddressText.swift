/// Host and port as people write them: `127.0.0.1:8088`, `[::1]:80`, `backend:9000`.
package struct AddressText: Sendable, Hashable {
    /// Without brackets; not empty.
    package let host: String
    /// 0 to 65,535.
    package let port: Int

    /// - Returns: nil when `text` is something else. Whether there is such a host is not asked.
    package init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }
}
