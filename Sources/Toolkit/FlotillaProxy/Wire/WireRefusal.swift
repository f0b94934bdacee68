/// Why bytes are no message that may be passed on. The first thing wrong decides; how the bytes were split does not.
///
/// Every refusal ends the connection it came on: nobody can tell any more where the next message would begin.
/// From ``ResponseHeadParser``, and from a ``ChunkedDecoder`` on an upstream's body, it becomes a 502 to the client
/// whatever ``status`` says, and the upstream's connection is closed.
public enum WireRefusal: UInt8, Error, Sendable, CaseIterable {
    case emptyLines, tlsOnPlainPort, http2Preface, requestLine, methodInvalid, connectUnsupported
    case targetInvalid, targetForm, targetAuthority, targetTooLong, versionUnsupported
    case lineEnding, controlCharacter, fieldName, fieldSpace, fieldFolded, fieldDisguised, headTooLarge, tooManyFields
    case hostMissing, hostRepeated, hostInvalid, hostMismatch
    case lengthInvalid, lengthRepeated, lengthAndCoding
    case codingInvalid, codingRepeated, codingNotChunked, codingUnsupported, codingInOldVersion
    case connectionInvalid, upgradeInvalid, expectation, traceWithBody
    case bodyTooLarge, chunkSize, chunkExtension, chunkEnding, trailerInvalid, trailerTooLarge
    case statusLine

    /// The HTTP status to answer a client with: 400, 413, 414, 417, 431, 501, 502 or 505.
    public var status: Int {
        switch self {
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .expectation: 417
        case .headTooLarge, .tooManyFields, .trailerTooLarge: 431
        case .connectUnsupported, .codingUnsupported: 501
        case .statusLine: 502
        case .http2Preface, .versionUnsupported: 505
        default: 400
        }
    }
}
