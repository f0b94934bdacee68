extension ResponseHead {
    /// Fields that end at this hop (RFC 9110 §7.6.1), and those that are written anew.
    private static let hopByHop: KnownFieldSet = [
        .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthorization, .te, .trailer,
        .transferEncoding, .upgrade, .contentLength,
    ]

    /// How the body is framed when this is written as `rewrite` says. The client's connection must be closed behind
    /// ``BodyFraming/untilClose``.
    public func framing(_ rewrite: borrowing ResponseRewrite) -> BodyFraming {
        let asked = rewrite.framing ?? framing
        switch asked {
        case .chunked: return rewrite.clientVersion == .http10 ? .untilClose : .chunked
        case .untilClose: return rewrite.clientVersion == .http10 || rewrite.framing != nil ? .untilClose : .chunked
        case .none, .length: return asked
        }
    }

    /// Whether the client's connection is to be kept when this is written as `rewrite` says.
    public func keepsClient(_ rewrite: borrowing ResponseRewrite) -> Bool {
        rewrite.keepsAlive && framing(rewrite) != .untilClose
    }

    /// Writes this head, parsed from `bytes`, as the client is to see it. An upstream's body until closing becomes
    /// chunks, so that a client can tell a whole answer from a broken one. The head is left open: append further
    /// fields, then ``WireBuffer/endHead()``.
    public func write(
        to out: inout WireBuffer, from bytes: UnsafeRawBufferPointer, _ rewrite: borrowing ResponseRewrite
    ) {
        out.reserve(size + 256)
        out.append("HTTP/1.1 ")
        out.append(decimal: status)
        out.append(" ")
        out.append(reason.bytes(of: bytes))
        out.append("\r\n")
        var dropped = Self.hopByHop.union(rewrite.removing)
        if rewrite.requestID != nil { dropped.insert(.xRequestID) }
        copyFields(
            to: &out, from: bytes, dropping: dropped, checksNames: connection.contains(.named),
            names: rewrite.removingNames)
        if let requestID = rewrite.requestID { out.appendField("X-Request-ID", requestID) }
        if status >= 200, !present.contains(.date), !rewrite.date.isEmpty { out.appendField("Date", rewrite.date) }
        if !rewrite.via.isEmpty {
            out.append(version == .http11 ? "Via: 1.1 " : "Via: 1.0 ")
            rewrite.via.withUnsafeBytes { out.appendFieldText($0) }
            out.append("\r\n")
        }
        writeConnection(to: &out, bytes, rewrite)
        writeFraming(to: &out, rewrite)
    }

    private func writeConnection(
        to out: inout WireBuffer, _ bytes: UnsafeRawBufferPointer, _ rewrite: borrowing ResponseRewrite
    ) {
        if status == 101 {
            guard rewrite.passesUpgrade, let upgrade else { return }
            out.appendField("Connection", "upgrade")
            out.appendField("Upgrade", upgrade.bytes(of: bytes))
        } else if status < 200 {
            return
        } else if !keepsClient(rewrite) {
            out.appendField("Connection", "close")
        } else if rewrite.clientVersion == .http10 {
            out.appendField("Connection", "keep-alive")
        }
    }

    private func writeFraming(to out: inout WireBuffer, _ rewrite: borrowing ResponseRewrite) {
        if status < 200 || status == 204 { return }
        let framing = framing(rewrite)
        guard framing == .none else { return out.appendFraming(framing) }
        if rewrite.isHead || status == 304 {
            if let declaredLength { out.appendField("Content-Length", declaredLength) }
        } else {
            out.appendField("Content-Length", 0)
        }
    }
}
