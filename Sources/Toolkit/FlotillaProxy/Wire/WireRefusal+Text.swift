extension WireRefusal: CustomStringConvertible {
    /// Stable and kebab-case, for metrics and `/problems/{slug}`.
    public var slug: StaticString { explanation.slug }

    /// For people: what is wrong with the message, and what to send instead.
    public var detail: StaticString { explanation.detail }

    public var description: String { "\(slug)" }

    private var explanation: (slug: StaticString, detail: StaticString) {
        switch self {
        case .headTooLarge: ("head-too-large", "The head has more bytes than allowed; send fewer fields.")
        case .tooManyFields: ("too-many-fields", "The head has more fields than allowed; send fewer.")
        case .lineEnding: ("line-ending", "A line does not end in CR LF, or has a CR inside; end each in CR LF.")
        case .controlCharacter: ("control-character", "A control character stands in the head; encode such data.")
        case .fieldName: ("field-name", "A field's name is not a token followed by a colon.")
        case .fieldSpace: ("field-space", "A space stands in or behind a field's name; put the colon right behind it.")
        case .fieldFolded: ("field-folded", "A line begins with a space; a field's value must stay on one line.")
        case .fieldDisguised:
            ("field-disguised", "An underscore makes a name look like a field of the protocol; write it with `-`.")
        case .bodyTooLarge: ("body-too-large", "The body is larger than allowed here; send less.")
        case .chunkSize: ("chunk-size", "The size of a chunk is not 1 to 16 hexadecimal digits, or is too large.")
        case .chunkExtension: ("chunk-extension", "A chunk's extension is malformed or too long; send none.")
        case .chunkEnding: ("chunk-ending", "A chunk does not end in CR LF right behind its bytes.")
        case .trailerInvalid: ("trailer-invalid", "A field behind the last chunk is malformed.")
        case .trailerTooLarge: ("trailer-too-large", "The fields behind the last chunk have more bytes than allowed.")
        case .statusLine: ("status-line", "The answer does not begin with HTTP/1.1 or HTTP/1.0 and a status.")
        case .connectionInvalid: ("connection-invalid", "Connection must list names of options, separated by commas.")
        case .upgradeInvalid: ("upgrade-invalid", "Upgrade must name protocols, and stand once.")
        default: requestExplanation ?? framingExplanation
        }
    }

    private var requestExplanation: (slug: StaticString, detail: StaticString)? {
        switch self {
        case .emptyLines: ("empty-lines", "More than one empty line stands before the request; send none.")
        case .tlsOnPlainPort: ("tls-on-plain-port", "This port speaks HTTP without TLS; use http:// or the TLS port.")
        case .http2Preface:
            ("http2-preface", "HTTP/2 without TLS is not spoken on this port; use HTTP/1.1 or negotiate h2 over TLS.")
        case .requestLine:
            ("request-line", "The first line must be method, target and HTTP/1.1, separated by one space each.")
        case .methodInvalid: ("method-invalid", "The request does not begin with the name of a method.")
        case .connectUnsupported: ("connect-unsupported", "This is a gateway, which opens no tunnels by CONNECT.")
        case .targetInvalid: ("target-invalid", "The target has a character it may not have; percent-encode it.")
        case .targetForm: ("target-form", "The target must be a path, an http or https URL, or * with OPTIONS.")
        case .targetAuthority: ("target-authority", "The target's host is malformed, or has user information.")
        case .targetTooLong: ("target-too-long", "The request line is longer than allowed; use a shorter target.")
        case .versionUnsupported: ("version-unsupported", "Only HTTP/1.1 and HTTP/1.0 are spoken on this port.")
        case .hostMissing: ("host-missing", "A request of HTTP/1.1 must have a Host.")
        case .hostRepeated: ("host-repeated", "Host stands more than once; send it once.")
        case .hostInvalid: ("host-invalid", "Host must be a name or an address, with an optional port.")
        case .hostMismatch: ("host-mismatch", "Host says another host than the target; send the same.")
        case .expectation: ("expectation", "No expectation but 100-continue can be met.")
        case .traceWithBody: ("trace-with-body", "A TRACE request must not have a body.")
        default: nil
        }
    }

    private var framingExplanation: (slug: StaticString, detail: StaticString) {
        switch self {
        case .lengthInvalid:
            ("length-invalid", "Content-Length must be 1 to 19 decimal digits, without sign, list or space.")
        case .lengthRepeated: ("length-repeated", "Content-Length stands more than once; send it once.")
        case .lengthAndCoding:
            ("length-and-coding", "Content-Length and Transfer-Encoding exclude each other; send one of them.")
        case .codingInvalid: ("coding-invalid", "Transfer-Encoding is malformed; only `chunked` is understood.")
        case .codingRepeated: ("coding-repeated", "Transfer-Encoding, or `chunked` in it, stands more than once.")
        case .codingNotChunked:
            ("coding-not-chunked", "Transfer-Encoding must end in `chunked`, or nobody can tell the body's length.")
        case .codingUnsupported: ("coding-unsupported", "No transfer coding but `chunked` is understood.")
        default: ("coding-in-old-version", "Transfer-Encoding does not exist in HTTP/1.0; send Content-Length.")
        }
    }
}
