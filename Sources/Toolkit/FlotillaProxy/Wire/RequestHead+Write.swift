extension RequestHead {
    /// Fields that end at this hop (RFC 9110 §7.6.1), and those that are written anew.
    private static let hopByHop: KnownFieldSet = [
        .connection, .keepAlive, .proxyConnection, .proxyAuthorization, .proxyAuthenticate, .te, .trailer,
        .transferEncoding, .upgrade, .http2Settings, .host, .contentLength, .expect,
    ]
    /// What a client could lie in about where it comes from.
    private static let origin: KnownFieldSet = [
        .forwarded, .xForwardedFor, .xForwardedHost, .xForwardedPort, .xForwardedProto, .xRealIP,
    ]

    /// Writes this head, parsed from `bytes`, as the upstream is to see it: HTTP/1.1, origin form, one Host, only
    /// fields that are meant for it, and framing of our own. The head is left open: append further fields, then
    /// ``WireBuffer/endHead()``.
    public func write(
        to out: inout WireBuffer, from bytes: UnsafeRawBufferPointer, _ rewrite: borrowing RequestRewrite
    ) {
        out.reserve(size + 512)
        out.append(methodName.bytes(of: bytes))
        out.append(" ")
        writeTarget(to: &out, bytes, rewrite)
        out.append(" HTTP/1.1\r\nHost: ")
        if let host = rewrite.host {
            host.withUnsafeBytes { out.appendFieldText($0) }
        } else if authority.isEmpty {
            rewrite.fallbackHost.withUnsafeBytes { out.appendFieldText($0) }
        } else {
            out.append(authority.bytes(of: bytes))
        }
        out.append("\r\n")
        var dropped = Self.hopByHop.union(rewrite.removing)
        if rewrite.trustsForwarded { dropped.insert(.xForwardedFor) } else { dropped = dropped.union(Self.origin) }
        if rewrite.requestID != nil { dropped.insert(.xRequestID) }
        if rewrite.traceparent != nil { dropped.insert(.traceparent) }
        let checksNames = connection.contains(.named)
        copyFields(
            to: &out, from: bytes, dropping: dropped, checksNames: checksNames, names: rewrite.removingNames)
        writeOrigin(to: &out, bytes, rewrite)
        if let requestID = rewrite.requestID { out.appendField("X-Request-ID", requestID) }
        if let traceparent = rewrite.traceparent { out.appendField("traceparent", traceparent) }
        if !rewrite.via.isEmpty {
            out.append(rewrite.isHTTP2 ? "Via: 2 " : version == .http11 ? "Via: 1.1 " : "Via: 1.0 ")
            rewrite.via.withUnsafeBytes { out.appendFieldText($0) }
            out.append("\r\n")
        }
        if rewrite.passesExpectation, expectsContinue { out.appendField("Expect", "100-continue") }
        if rewrite.passesUpgrade, let upgrade {
            out.appendField("Connection", "upgrade")
            out.appendField("Upgrade", upgrade.bytes(of: bytes))
        } else if rewrite.closes {
            out.appendField("Connection", "close")
        }
        out.appendFraming(rewrite.framing ?? framing)
    }

    private func writeTarget(
        to out: inout WireBuffer, _ bytes: UnsafeRawBufferPointer, _ rewrite: borrowing RequestRewrite
    ) {
        if let target = rewrite.target {
            if target.first != UInt8(ascii: "/"), target != [UInt8(ascii: "*")] { out.append("/") }
            out.appendTarget(target)
            return
        }
        if isAsterisk { return out.append("*") }
        if path.isEmpty { out.append("/") }
        out.append(path.bytes(of: bytes))
        guard let query else { return }
        out.append("?")
        out.append(query.bytes(of: bytes))
    }

    private func writeOrigin(
        to out: inout WireBuffer, _ bytes: UnsafeRawBufferPointer, _ rewrite: borrowing RequestRewrite
    ) {
        let view = WireBytes(bytes)
        let trusts = rewrite.trustsForwarded
        if !rewrite.client.isEmpty || trusts && present.contains(.xForwardedFor) {
            out.append("X-Forwarded-For: ")
            var isFirst = true
            if trusts, present.contains(.xForwardedFor) {
                for field in fields where field.known == .xForwardedFor && !field.value.isEmpty {
                    if connection.contains(.named), isNamedByConnection(field.name, view) { continue }
                    if !isFirst { out.append(", ") }
                    out.append(field.value.bytes(of: bytes))
                    isFirst = false
                }
            }
            if !rewrite.client.isEmpty {
                if !isFirst { out.append(", ") }
                rewrite.client.withUnsafeBytes { out.appendFieldText($0) }
            }
            out.append("\r\n")
        }
        if !trusts || !present.contains(.xForwardedProto) {
            out.appendField("X-Forwarded-Proto", rewrite.isSecure ? "https" : "http")
        }
        if !authority.isEmpty, !trusts || !present.contains(.xForwardedHost) {
            out.append("X-Forwarded-Host: ")
            out.append(authority.bytes(of: bytes))
            out.append("\r\n")
        }
    }
}
