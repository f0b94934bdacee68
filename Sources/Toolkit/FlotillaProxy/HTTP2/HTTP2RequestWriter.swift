/// Writes the fields of a request of HTTP/2, as they are told one after the other, as a head of HTTP/1.1, which the
/// strict parser then reads like any other.
///
/// nghttp2 has looked at the fields before. What could make one line into two is looked at again: a head that others
/// read differently is where requests are smuggled in (RFC 9113, section 10.3).
struct HTTP2RequestWriter {
    private var method: [UInt8] = []
    private var path: [UInt8] = []
    private var authority: [UInt8] = []
    private var cookies: [UInt8] = []
    private var hasScheme = false
    private var hasLine = false
    private var hasLength = false
    private var bytesMax = 0
    private var room = 0
    /// It is no request (RFC 9113, section 8.1.1).
    private(set) var isMalformed = false
    /// Bytes of fields that were thrown away, being more than a head may have.
    private(set) var surplus = 0

    /// - Parameter bytesMax: of a head; of a longer one so much is written that the parser refuses it.
    mutating func begin(bytesMax: Int) {
        method.removeAll(keepingCapacity: true)
        path.removeAll(keepingCapacity: true)
        authority.removeAll(keepingCapacity: true)
        cookies.removeAll(keepingCapacity: true)
        (hasScheme, hasLine, hasLength, isMalformed) = (false, false, false, false)
        self.bytesMax = bytesMax
        room = bytesMax
        surplus = 0
    }

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to out: inout WireBuffer) {
        guard !isMalformed, !name.isEmpty else { return isMalformed = true }
        let bytes = name.count + value.count + 4
        guard bytes <= room else {
            surplus += bytes
            return
        }
        room -= bytes
        let view = WireBytes(value)
        guard view.first(WireByte.lineFeed, from: 0, to: value.count) == nil else { return isMalformed = true }
        if name[0] == WireByte.colon { return addPseudo(WireBytes(name), value) }
        if !hasLine { writeLine(to: &out) }
        guard isName(name) else { return isMalformed = true }
        switch KnownField.named(WireBytes(name), 0, name.count) {
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .http2Settings:
            isMalformed = true
        case .te: if !view.says("trailers", 0, value.count) { isMalformed = true }
        case .cookie:
            // They come in crumbs (section 8.2.3).
            if !cookies.isEmpty { cookies.append(contentsOf: [UInt8(ascii: ";"), WireByte.space]) }
            cookies.append(contentsOf: value)
        case .host where isAuthority(value): break
        case .contentLength:
            hasLength = true
            write(name, value, to: &out)
        default: write(name, value, to: &out)
        }
    }

    /// Ends the head.
    ///
    /// - Parameter endsRequest: whether no body follows.
    /// - Returns: whether the body is to be written in chunks.
    mutating func end(endsRequest: Bool, to out: inout WireBuffer) -> Bool {
        if !hasLine { writeLine(to: &out) }
        if method.isEmpty || !hasScheme && !isConnect { isMalformed = true }
        if !cookies.isEmpty {
            out.append("cookie: ")
            out.append(cookies)
            out.append("\r\n")
        }
        let isChunked = !endsRequest && !hasLength
        if isChunked { out.append("transfer-encoding: chunked\r\n") }
        if surplus > 0 {
            // So long that it is refused as what it is.
            out.append([UInt8](repeating: UInt8(ascii: "x"), count: bytesMax))
        }
        out.append("\r\n")
        return isChunked
    }

    private var isConnect: Bool { method.elementsEqual("CONNECT".utf8) }

    private mutating func addPseudo(_ name: WireBytes, _ value: UnsafeRawBufferPointer) {
        // After the other fields there must be none.
        guard !hasLine else { return isMalformed = true }
        if name.says(":method", 0, name.count) {
            guard method.isEmpty, WireSyntax.isToken(value) else { return isMalformed = true }
            method.append(contentsOf: value)
        } else if name.says(":path", 0, name.count) {
            // Any other form would be read as another kind of target.
            guard path.isEmpty, value.first == UInt8(ascii: "/") || value.elementsEqual("*".utf8) else {
                return isMalformed = true
            }
            path.append(contentsOf: value)
        } else if name.says(":authority", 0, name.count) {
            guard authority.isEmpty, WireSyntax.isAuthority(value) else { return isMalformed = true }
            authority.append(contentsOf: value)
        } else if name.says(":scheme", 0, name.count) {
            let value = WireBytes(value)
            let isKnown = value.says("http", 0, value.count) || value.says("https", 0, value.count)
            guard !hasScheme, isKnown else { return isMalformed = true }
            hasScheme = true
        } else {
            isMalformed = true
        }
    }

    private mutating func writeLine(to out: inout WireBuffer) {
        hasLine = true
        out.reserve(512)
        out.append(method)
        out.append(" ")
        if isConnect { out.append(authority) } else { out.append(path) }
        out.append(" HTTP/1.1\r\n")
        guard !authority.isEmpty else { return }
        out.append("host: ")
        out.append(authority)
        out.append("\r\n")
    }

    private func write(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to out: inout WireBuffer) {
        out.append(name)
        out.append(": ")
        out.append(value)
        out.append("\r\n")
    }

    /// A token without capitals (section 8.2.1).
    private func isName(_ name: UnsafeRawBufferPointer) -> Bool {
        for byte in name where !WireByte.isToken(byte) || byte >= 65 && byte <= 90 { return false }
        return true
    }

    /// Whether Host says what `:authority` says; another is written, and refused by the parser for being the second.
    private func isAuthority(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count == authority.count, !authority.isEmpty else { return false }
        return zip(value, authority).allSatisfy { WireByte.lowercase($0) == WireByte.lowercase($1) }
    }
}
