/// Reads heads of an upstream's answers as their bytes arrive, as strictly as those of requests: an upstream that is
/// read differently by two readers poisons the connection it is pooled on (response splitting).
///
/// Use it as ``RequestHeadParser``. A refused answer becomes a 502, and the connection is closed. After an interim
/// answer (``ResponseHead/isInterim``) call ``parse(_:to:)`` again for the next head.
public struct ResponseHeadParser: Sendable {
    private enum Stage { case line, fields, done, refused(WireRefusal) }

    /// The head that was last read; valid after ``HeadProgress/head(consumed:)``, until the next call.
    public private(set) var head: ResponseHead
    private let limits: WireLimits
    private var stage = Stage.line
    private var lines = HeadLines()
    private var length = MessageLength()

    public init(limits: WireLimits = WireLimits()) {
        self.limits = limits
        head = ResponseHead(fieldsMax: limits.fieldsMax)
    }

    /// Begins anew, as for a new connection.
    public mutating func reset() {
        stage = .line
        lines = HeadLines()
        length.clear()
        head.clear()
    }

    /// Looks at `bytes`, which begin with the answer to a request of `method`.
    /// After a refusal it stays refused until ``reset()``.
    public mutating func parse(_ bytes: UnsafeRawBufferPointer, to method: RequestMethod) -> HeadProgress {
        switch stage {
        case .refused(let refusal): return .refused(refusal)
        case .done: reset()
        case .line, .fields: break
        }
        do throws(WireRefusal) {
            return try advance(WireBytes(bytes), method) ? .head(consumed: head.size) : .incomplete
        } catch {
            stage = .refused(error)
            return .refused(error)
        }
    }

    private mutating func advance(_ bytes: WireBytes, _ method: RequestMethod) throws(WireRefusal) -> Bool {
        if case .line = stage {
            // What does not begin as HTTP is refused at once: it may never send a line.
            let start: StaticString = "HTTP/"
            for place in 0..<min(5, bytes.count) where bytes[place] != start.utf8Start[place] { throw .statusLine }
            let limit = limits.lineBytesMax
            guard let line = try lines.next(bytes, limit: limit, tooLong: .statusLine) else { return false }
            try statusLine(bytes, line)
            stage = .fields
        }
        while let line = try lines.next(bytes, limit: limits.headBytesMax, tooLong: .headTooLarge) {
            if line.isEmpty {
                head.size = lines.start
                try finish(method)
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

    /// `HTTP-version SP 3DIGIT SP [reason]`; many leave out the last space when there is no reason.
    private mutating func statusLine(_ bytes: WireBytes, _ line: Range<Int>) throws(WireRefusal) {
        let end = line.upperBound
        guard end - line.lowerBound >= 12, bytes.isExactly("HTTP/1.", 0), bytes[8] == WireByte.space else {
            throw .statusLine
        }
        switch bytes[7] {
        case UInt8(ascii: "1"): head.version = .http11
        case UInt8(ascii: "0"): head.version = .http10
        default: throw .statusLine
        }
        var status = 0
        for place in 9..<12 {
            guard WireByte.isDigit(bytes[place]) else { throw .statusLine }
            status = status * 10 + Int(bytes[place] - 0x30)
        }
        guard status >= 100 else { throw .statusLine }
        head.status = status
        guard end > 12 else { return }
        guard bytes[12] == WireByte.space else { throw .statusLine }
        for place in 13..<end where !WireByte.isFieldText(bytes[place]) { throw .statusLine }
        head.reason = WireRange(13, end)
    }

    private mutating func take(_ field: WireField, _ bytes: WireBytes) throws(WireRefusal) {
        switch field.known {
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

    /// RFC 9112 §6.3, in its order.
    private mutating func finish(_ method: RequestMethod) throws(WireRefusal) {
        if length.isChunked {
            if head.version == .http10 { throw .codingInOldVersion }
            if length.length != nil { throw .lengthAndCoding }
        }
        head.declaredLength = length.length
        if head.status != 101 { head.upgrade = nil }
        if head.status < 200 || head.status == 204 {
            // Neither may announce a body (RFC 9110 §8.6, RFC 9112 §6.1); some send it all the same.
            head.announcesNothing = !length.isChunked && (length.length ?? 0) == 0
        } else if method == .head || head.status == 304 {
            head.framing = .none
        } else if length.isChunked {
            head.framing = .chunked
        } else if let count = length.length {
            head.framing = .length(count)
        } else {
            head.framing = .untilClose
        }
    }
}
