/// Reads heads of requests from bytes as they arrive (RFC 9112), strictly: what it lets through has one meaning.
///
/// Give it, again and again, all bytes received since the beginning of the message; it goes on where it stopped, so
/// that a client that sends one byte at a time costs no more than any other. After ``HeadProgress/head(consumed:)``
/// the next call begins the next message. It allocates nothing once its storage has grown, does no I/O and knows no
/// time: how long a head may take is the server's business.
public struct RequestHeadParser: Sendable {
    private enum Stage { case empty, line, fields, done, refused(WireRefusal) }

    /// The head that was last read; valid after ``HeadProgress/head(consumed:)``, until the next call.
    public private(set) var head: RequestHead
    private let limits: WireLimits
    private var stage = Stage.empty
    private var lines = HeadLines()
    private var length = MessageLength()
    private var hasSkipped = false
    private var host: WireRange?

    public init(limits: WireLimits = WireLimits()) {
        self.limits = limits
        head = RequestHead(fieldsMax: limits.fieldsMax)
    }

    /// Whether no byte of a message has been seen: a connection may be closed silently then.
    public var isIdle: Bool {
        switch stage {
        case .empty: !hasSkipped
        case .done: true
        case .line, .fields, .refused: false
        }
    }

    /// Begins anew, as for a new connection.
    public mutating func reset() {
        stage = .empty
        lines = HeadLines()
        length.clear()
        hasSkipped = false
        host = nil
        head.clear()
    }

    /// Looks at `bytes`, which begin with the message. After a refusal it stays refused until ``reset()``.
    public mutating func parse(_ bytes: UnsafeRawBufferPointer) -> HeadProgress {
        switch stage {
        case .refused(let refusal): return .refused(refusal)
        case .done: reset()
        case .empty, .line, .fields: break
        }
        do throws(WireRefusal) {
            return try advance(WireBytes(bytes)) ? .head(consumed: head.size) : .incomplete
        } catch {
            stage = .refused(error)
            return .refused(error)
        }
    }

    /// True when the head is whole.
    private mutating func advance(_ bytes: WireBytes) throws(WireRefusal) -> Bool {
        if case .empty = stage {
            guard try begin(bytes) else { return false }
            stage = .line
        }
        if case .line = stage {
            let limit = min(lines.start + limits.lineBytesMax, limits.headBytesMax)
            guard let line = try lines.next(bytes, limit: limit, tooLong: .targetTooLong) else { return false }
            try RequestLine.parse(bytes, line, into: &head)
            stage = .fields
        }
        while let line = try lines.next(bytes, limit: limits.headBytesMax, tooLong: .headTooLarge) {
            if line.isEmpty {
                head.size = lines.start
                try finish(bytes)
                stage = .done
                return true
            }
            if head.fields.count >= limits.fieldsMax { throw .tooManyFields }
            let field = try FieldLine.parse(bytes, line)
            head.fields.append(field)
            if field.known != .other { try take(field, bytes) }
        }
        return false
    }

    /// The first bytes tell what is no HTTP at all, before a whole line is there: such a peer may wait for an answer.
    private mutating func begin(_ bytes: WireBytes) throws(WireRefusal) -> Bool {
        guard bytes.count > lines.start else { return false }
        var first = bytes[lines.start]
        if first == WireByte.carriageReturn || first == WireByte.lineFeed {
            if hasSkipped { throw .emptyLines }
            if first == WireByte.lineFeed { throw .lineEnding }
            guard bytes.count >= 2 else { return false }
            if bytes[1] != WireByte.lineFeed { throw .lineEnding }
            hasSkipped = true
            lines.skipEmptyLine()
            guard bytes.count > 2 else { return false }
            first = bytes[2]
            if first == WireByte.carriageReturn || first == WireByte.lineFeed { throw .emptyLines }
        }
        // The first byte of a TLS record that carries a handshake.
        if first == 0x16 { throw .tlsOnPlainPort }
        guard WireByte.isToken(first) else { throw .methodInvalid }
        return true
    }

    private mutating func take(_ field: WireField, _ bytes: WireBytes) throws(WireRefusal) {
        switch field.known {
        case .host:
            if host != nil { throw .hostRepeated }
            guard HostText.isValid(bytes, field.value.start, field.value.end) else { throw .hostInvalid }
            host = field.value
        case .contentLength: try length.addLength(bytes, field.value)
        case .transferEncoding: try length.addCoding(bytes, field.value)
        case .connection:
            guard head.connection.add(bytes, field.value) else { throw .connectionInvalid }
        case .upgrade:
            if head.upgrade != nil || field.value.isEmpty { throw .upgradeInvalid }
            head.upgrade = field.value
        default: break
        }
        head.present.insert(field.known)
    }

    /// What only the whole head can tell.
    private mutating func finish(_ bytes: WireBytes) throws(WireRefusal) {
        try finishHost(bytes)
        if length.isChunked {
            if head.version == .http10 { throw .codingInOldVersion }
            if length.length != nil { throw .lengthAndCoding }
            head.framing = .chunked
        } else if let count = length.length {
            if count > limits.bodyBytesMax { throw .bodyTooLarge }
            head.framing = .length(count)
        }
        if head.method == .trace, !head.framing.isEmpty { throw .traceWithBody }
        try finishExpectation(bytes)
        // With a body an upgrade would begin behind it: the request is answered without it, as RFC 9110 §7.8 allows.
        if !head.connection.contains(.upgrade) || head.version == .http10 || !head.framing.isEmpty {
            head.upgrade = nil
        }
    }

    /// RFC 9112 §3.2: exactly one Host in HTTP/1.1. An absolute target outranks it; one that differs is refused, since
    /// an upstream might believe the other one.
    private mutating func finishHost(_ bytes: WireBytes) throws(WireRefusal) {
        guard let host else {
            if head.version == .http11 { throw .hostMissing }
            return
        }
        if head.isAbsolute {
            let asked = head.authority.start..<head.authority.end
            guard bytes.same(asked, host.start..<host.end) else { throw .hostMismatch }
        } else {
            head.authority = host
        }
    }

    /// RFC 9110 §10.1.1; a server ignores the expectation in HTTP/1.0.
    private mutating func finishExpectation(_ bytes: WireBytes) throws(WireRefusal) {
        guard head.version == .http11, head.present.contains(.expect) else { return }
        for field in head.fields where field.known == .expect {
            guard bytes.says("100-continue", field.value.start, field.value.end) else { throw .expectation }
        }
        head.expectsContinue = !head.framing.isEmpty
    }
}
