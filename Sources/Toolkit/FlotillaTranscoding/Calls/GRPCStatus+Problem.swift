internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

extension GRPCStatus {
    /// What a caller is told of a call that ended so.
    ///
    /// Codes become statuses as grpc-gateway has it (google/rpc/code.proto). What a service of this toolkit says with
    /// its details (kind, slug, fields, when to try again) is passed on as it is. The text of a fault is not told.
    ///
    /// - Parameter service: `package.Service`, for the texts.
    func problem(of service: String) -> any DescribedError {
        let told = RPCDetails(reading: details)
        let slug = told.reason ?? "grpc-" + codeSlug
        if let kind = told.kind {
            return ServiceError(
                kind, slug, kind == .internal ? Self.faultText(service) : message, fields: told.fields,
                retryAfter: told.retryAfter, cause: self)
        }
        let isFault = code == .unknown || code == .internal || code == .dataLoss
        let detail = isFault || message.isEmpty ? text(of: service) : message
        if code == .unimplemented || code == .cancelled {
            return StatusError(
                status: code == .cancelled ? Self.clientClosed : .notImplemented,
                kind: code == .cancelled ? .unavailable : .internal, slug: slug, detail: detail)
        }
        return ServiceError(
            kind, slug, detail, fields: told.fields, retryAfter: told.retryAfter, cause: self)
    }

    /// 499, as nginx has it and grpc-gateway after it.
    private static let clientClosed = HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")

    private var kind: ErrorKind {
        switch code {
        case .invalidArgument, .failedPrecondition, .outOfRange: .malformed
        case .unauthenticated: .unauthenticated
        case .permissionDenied: .denied
        case .notFound: .notFound
        case .alreadyExists, .aborted: .conflict
        case .resourceExhausted: .limited
        case .unavailable, .cancelled: .unavailable
        case .deadlineExceeded: .timeout
        case .ok, .unknown, .internal, .dataLoss, .unimplemented: .internal
        }
    }

    /// `failedPrecondition` reads `failed-precondition`.
    private var codeSlug: String {
        "\(code)".reduce(into: "") { slug, letter in
            slug += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }

    private static func faultText(_ service: String) -> String {
        "Something went wrong in \(service). The trace ID helps us to find out what."
    }

    private func text(of service: String) -> String {
        switch code {
        case .unavailable: "\(service) is temporarily unavailable; try again shortly."
        case .deadlineExceeded: "\(service) did not answer in time; try again shortly."
        case .unimplemented: "\(service) does not know this method; it may be of another version."
        case .cancelled: "\(service) broke the call off."
        case .notFound: "\(service) has nothing by that name."
        case .permissionDenied: "\(service) does not allow this."
        case .unauthenticated: "\(service) does not know who asks."
        case .resourceExhausted: "\(service) has too much to do; try again shortly."
        case .invalidArgument, .failedPrecondition, .outOfRange, .alreadyExists, .aborted:
            "\(service) does not take this request."
        case .ok, .unknown, .internal, .dataLoss: Self.faultText(service)
        }
    }
}

/// What `google.rpc.Status` says besides its code: `ErrorInfo`, `BadRequest` and `RetryInfo`
/// (google/rpc/error_details.proto). What cannot be read is nothing.
private struct RPCDetails {
    private static let fieldsMax = 100

    var reason: String?
    var kind: ErrorKind?
    var fields: [FieldError] = []
    var retryAfter: Duration?

    init(reading bytes: [UInt8]) {
        // Half of it is better than none: what was read before the fault stays.
        try? Self.each(bytes, 0..<bytes.count) { number, _, content in
            guard number == 3, let content else { return }
            var type = ""
            var value = 0..<0
            try Self.each(bytes, content) { number, _, content in
                guard let content else { return }
                if number == 1 { type = try WireReader(bytes).text(content) }
                if number == 2 { value = content }
            }
            switch type.split(separator: "/").last {
            case "google.rpc.ErrorInfo": try info(bytes, value)
            case "google.rpc.BadRequest": try violations(bytes, value)
            case "google.rpc.RetryInfo": try retry(bytes, value)
            default: break
            }
        }
    }

    private static func each(
        _ bytes: [UInt8], _ range: Range<Int>, _ body: (Int32, UInt64, Range<Int>?) throws -> Void
    ) throws {
        var reader = WireReader(bytes, in: range)
        while !reader.isAtEnd {
            let tag = try reader.tag()
            switch tag.type {
            case .varint: try body(tag.number, try reader.varint(), nil)
            case .length: try body(tag.number, 0, try reader.piece())
            default: try reader.skip(tag.type, number: tag.number)
            }
        }
    }

    private mutating func info(_ bytes: [UInt8], _ range: Range<Int>) throws {
        try Self.each(bytes, range) { number, _, content in
            guard let content else { return }
            if number == 1 {
                let text = try WireReader(bytes).text(content)
                if Self.isSlug(text) { reason = text.lowercased().replacing("_", with: "-") }
            }
            guard number == 3 else { return }
            var (key, value) = ("", "")
            try Self.each(bytes, content) { number, _, content in
                guard let content else { return }
                if number == 1 { key = try WireReader(bytes).text(content) }
                if number == 2 { value = try WireReader(bytes).text(content) }
            }
            if key == "kind" { kind = ErrorKind(rawValue: value) }
        }
    }

    private static func isSlug(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private mutating func violations(_ bytes: [UInt8], _ range: Range<Int>) throws {
        try Self.each(bytes, range) { number, _, content in
            guard number == 1, let content, fields.count < Self.fieldsMax else { return }
            var field = FieldError(field: "", message: "")
            try Self.each(bytes, content) { number, _, content in
                guard let content else { return }
                if number == 1 { field.field = try WireReader(bytes).text(content) }
                if number == 2 { field.message = try WireReader(bytes).text(content) }
            }
            fields.append(field)
        }
    }

    private mutating func retry(_ bytes: [UInt8], _ range: Range<Int>) throws {
        try Self.each(bytes, range) { number, _, content in
            guard number == 1, let content else { return }
            var seconds: Int64 = 0
            try Self.each(bytes, content) { number, raw, _ in
                if number == 1 { seconds = Int64(bitPattern: raw) }
            }
            if (0...86_400).contains(seconds) { retryAfter = .seconds(max(1, seconds)) }
        }
    }
}
