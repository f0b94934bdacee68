internal import FlotillaConfiguration

/// By what requests are known to belong together, so that they go the same way.
struct Stickiness: Sendable, Hashable {
    enum By: Sendable, Hashable {
        /// A cookie that the gateway sets: it holds where the first request went.
        case cookie
        /// The value of a field, by its name in lower case.
        case header(String)
        /// The client's address.
        case address
        /// The user or client that was proved; the address while nobody is.
        case caller
    }

    private enum Word: String, CaseIterable { case cookie, header, address, caller }

    var by: By
    /// Of the cookie.
    var name: String
    /// How long browsers keep the cookie; nil: as long as they run.
    var lifetime: Duration?
    /// Whether browsers may send the cookie over TLS only.
    var isSecure: Bool

    /// `Set-Cookie` for a value.
    func cookie(_ value: String) -> String {
        var text = "\(name)=\(value); Path=/"
        if let lifetime { text += "; Max-Age=\(lifetime.components.seconds)" }
        return text + (isSecure ? "; Secure" : "") + "; HttpOnly; SameSite=Lax"
    }

    /// The value of the cookie in a request; of several the first, as browsers put the most specific first.
    func value(_ head: borrowing some EdgeHead & ~Copyable) -> String? {
        for var line in head.fieldLines("cookie") {
            if let value = line.withUTF8({ Self.value(of: name, in: $0) }) { return value }
        }
        return nil
    }

    private static func value(of name: String, in line: UnsafeBufferPointer<UInt8>) -> String? {
        var place = 0
        while place < line.count {
            while place < line.count, line[place] == 32 { place += 1 }
            let start = place
            while place < line.count, line[place] != UInt8(ascii: ";") { place += 1 }
            let pair = line[start..<place]
            let mark = start + name.utf8.count
            if mark < place, line[mark] == UInt8(ascii: "="), pair.starts(with: name.utf8) {
                return String(decoding: line[(mark + 1)..<place], as: UTF8.self)
            }
            place += 1
        }
        return nil
    }
}

extension Stickiness {
    /// Reads the group `sticky` of a route; nil when it is not there.
    /// ```yaml
    /// sticky: { by: cookie, cookie: edge, ttl: 1h }
    /// ```
    static func read(from fields: inout YAMLFields) -> Stickiness? {
        fields.optionalGroup("sticky", "By what requests are known to belong together.") { fields in
            let by = fields.choice("by", default: Word.cookie, "What they have in common.")
            let name = fields.optionalText("cookie", "The cookie's name; edge-way by default.") ?? "edge-way"
            let header = fields.optionalText("header", "The field's name, with by: header.")
            let lifetime = fields.optionalDuration(
                "ttl", in: .seconds(1)...(.seconds(365 * 86_400)),
                "How long browsers keep the cookie; else until they end.")
            let isSecure = fields.bool(
                "secure", default: false, "Whether browsers may send the cookie over TLS only.")
            if !FieldName.isToken(name) {
                fields.problem(at: "cookie", value: name, "is not the name of a cookie", allowed: "letters and digits")
            }
            if by == .header, !(header.map(FieldName.isToken) ?? false), !fields.isDescribing {
                fields.problem(at: "header", value: header, "is not the name of a field", allowed: "X-Team")
            }
            let kind: By =
                switch by {
                case .cookie: .cookie
                case .header: .header((header ?? "").lowercased())
                case .address: .address
                case .caller: .caller
                }
            return Stickiness(by: kind, name: name, lifetime: lifetime, isSecure: isSecure)
        }
    }
}
