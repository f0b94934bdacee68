/// Takes a chunked body apart as its bytes arrive (RFC 9112 §7.1), strictly: sizes are one to sixteen hexadecimal
/// digits without sign, prefix or space, lines end in CR LF exactly, and nothing stands between a chunk and its CR LF.
///
/// It keeps no bytes: every call uses up all it is given, or says where payload stands in it. Extensions and trailers
/// are validated, bounded and dropped; the writer frames the payload anew, so nothing of the sender's framing survives.
/// Once `refused`, always refused; after `end` it must not be asked again until ``reset(bodyBytesMax:)``.
public struct ChunkedDecoder: Sendable {
    enum State: UInt8 {
        case size, extensionName, extensionValue, quoted, quotedPair, afterQuote, sizeEnd
        case payload, payloadReturn, payloadFeed
        case trailerStart, trailerName, trailerValue, trailerFeed, lastFeed, done, refused
    }

    var state = State.size
    /// Of the size line that is being read; then what is left of the chunk.
    var size = 0
    var digits = 0
    /// Whether the name or the value of an extension has a byte yet.
    var hasByte = false
    /// Whether the size that was read is that of the last chunk.
    var isLast = false
    /// Payload announced so far.
    public private(set) var bodyBytes = 0
    private var bodyBytesMax: Int
    private let extensionBytesMax: Int
    private let trailerBytesMax: Int
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var refusal = WireRefusal.chunkSize

    public init(limits: WireLimits = WireLimits()) {
        bodyBytesMax = limits.bodyBytesMax
        extensionBytesMax = limits.chunkExtensionBytesMax
        trailerBytesMax = limits.trailerBytesMax
    }

    /// Begins a new body, of at most `bodyBytesMax` bytes of payload, or as many as the last one when that is nil.
    public mutating func reset(bodyBytesMax: Int? = nil) {
        if let bodyBytesMax { self.bodyBytesMax = max(bodyBytesMax, 0) }
        (state, size, digits, hasByte, isLast) = (.size, 0, 0, false, false)
        (bodyBytes, extensionBytes, trailerBytes) = (0, 0, 0)
    }

    /// Whether the body was read to its end.
    public var isDone: Bool { state == .done }

    /// Looks at the next bytes of the body, from where the last step ended.
    public mutating func step(_ bytes: UnsafeRawBufferPointer) -> ChunkStep {
        let bytes = WireBytes(bytes)
        var place = 0
        do throws(WireRefusal) {
            while place < bytes.count {
                if state == .payload {
                    let end = place + min(size, bytes.count - place)
                    size -= end - place
                    if size == 0 { state = .payloadReturn }
                    return .payload(place..<end)
                }
                if state == .done { return .end(consumed: place) }
                try take(bytes[place])
                place &+= 1
            }
        } catch {
            state = .refused
            refusal = error
            return .refused(error)
        }
        return state == .done ? .end(consumed: place) : .incomplete(consumed: place)
    }

    private mutating func take(_ byte: UInt8) throws(WireRefusal) {
        switch state {
        case .size: try takeSize(byte)
        case .extensionName, .extensionValue, .quoted, .quotedPair, .afterQuote:
            extensionBytes += 1
            if extensionBytes > extensionBytesMax { throw .chunkExtension }
            try takeExtension(byte)
        case .sizeEnd:
            guard byte == WireByte.lineFeed else { throw .chunkSize }
            state = isLast ? .trailerStart : .payload
        case .payloadReturn:
            guard byte == WireByte.carriageReturn else { throw .chunkEnding }
            state = .payloadFeed
        case .payloadFeed:
            guard byte == WireByte.lineFeed else { throw .chunkEnding }
            (state, size, digits) = (.size, 0, 0)
        case .trailerStart, .trailerName, .trailerValue, .trailerFeed, .lastFeed:
            trailerBytes += 1
            if trailerBytes > trailerBytesMax { throw .trailerTooLarge }
            try takeTrailer(byte)
        case .refused: throw refusal
        case .payload, .done: break
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(WireRefusal) {
        if let digit = WireByte.hexadecimal(byte) {
            digits += 1
            // Sixteen digits that begin with 8 or more do not fit.
            guard digits <= 16, size <= Int.max >> 4 else { throw .chunkSize }
            size = size << 4 | digit
            return
        }
        guard digits > 0 else { throw .chunkSize }
        switch byte {
        case WireByte.carriageReturn: try endSizeLine()
        case WireByte.semicolon: (state, hasByte) = (.extensionName, false)
        default: throw .chunkSize
        }
    }

    /// The size counts only once its line is whole, so that a refusal does not depend on how the bytes came.
    private mutating func endSizeLine() throws(WireRefusal) {
        guard size <= bodyBytesMax - bodyBytes else { throw .bodyTooLarge }
        bodyBytes += size
        isLast = size == 0
        state = .sizeEnd
    }

    /// `*( ";" name [ "=" ( token / quoted-string ) ] )`, without the blanks that RFC 9112 §7.1.1 calls bad.
    private mutating func takeExtension(_ byte: UInt8) throws(WireRefusal) {
        switch state {
        case .quoted:
            if byte == UInt8(ascii: "\"") {
                state = .afterQuote
            } else if byte == UInt8(ascii: "\\") {
                state = .quotedPair
            } else if !WireByte.isFieldText(byte) {
                throw .chunkExtension
            }
            return
        case .quotedPair:
            guard WireByte.isFieldText(byte) else { throw .chunkExtension }
            state = .quoted
            return
        case .extensionName where WireByte.isToken(byte), .extensionValue where WireByte.isToken(byte):
            hasByte = true
            return
        case .extensionName where byte == UInt8(ascii: "=") && hasByte: (state, hasByte) = (.extensionValue, false)
        case .extensionValue where byte == UInt8(ascii: "\"") && !hasByte: (state, hasByte) = (.quoted, true)
        default:
            guard hasByte else { throw .chunkExtension }
            switch byte {
            case WireByte.semicolon: (state, hasByte) = (.extensionName, false)
            case WireByte.carriageReturn: try endSizeLine()
            default: throw .chunkExtension
            }
        }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(WireRefusal) {
        switch state {
        case .trailerStart:
            if byte == WireByte.carriageReturn {
                state = .lastFeed
            } else if WireByte.isToken(byte) {
                state = .trailerName
            } else {
                throw .trailerInvalid
            }
        case .trailerName:
            if byte == WireByte.colon {
                state = .trailerValue
            } else if !WireByte.isToken(byte) {
                throw .trailerInvalid
            }
        case .trailerValue:
            if byte == WireByte.carriageReturn {
                state = .trailerFeed
            } else if !WireByte.isFieldText(byte) {
                throw .trailerInvalid
            }
        case .trailerFeed:
            guard byte == WireByte.lineFeed else { throw .trailerInvalid }
            state = .trailerStart
        default:
            guard byte == WireByte.lineFeed else { throw .trailerInvalid }
            state = .done
        }
    }
}
