/// How a gRPC call ended (gRPC status codes; google/rpc/code.proto).
public struct GRPCStatus: Error, Sendable, Hashable, CustomStringConvertible {
    /// The codes, by their numbers.
    public enum Code: Int, Sendable, Hashable, CaseIterable {
        case ok, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
        case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, `internal`, unavailable
        case dataLoss, unauthenticated
    }

    public var code: Code
    /// For developers; of faults of a service it is not shown to callers.
    public var message: String
    /// A `google.rpc.Status`, serialized; empty when there are no details.
    public var details: [UInt8]

    public init(_ code: Code, _ message: String, details: [UInt8] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    public var description: String { "\(code): \(message)" }

    /// The end of a call, from its trailers.
    ///
    /// - Parameters:
    ///   - httpStatus: counts where there is no status of gRPC, as of a proxy that answers on its own.
    ///   - field: a field of the trailers.
    init(httpStatus: Int, _ field: (String) -> String?) {
        guard let text = field("grpc-status") else {
            let code = Self.code(httpStatus: httpStatus)
            self.init(code, code == .ok ? "" : "The answer was HTTP \(httpStatus) without a gRPC status.")
            if httpStatus == 200 { self.init(.internal, "The call ended without a status.") }
            return
        }
        // A code that nobody knows is "unknown", which is not "ok".
        let code = Int(text).flatMap(Code.init) ?? .unknown
        let details = field("grpc-status-details-bin").flatMap(Base64.decode) ?? []
        self.init(code, Self.decoded(field("grpc-message") ?? ""), details: details.count <= 65_536 ? details : [])
    }

    /// gRPC, "HTTP to gRPC Status Code Mapping".
    private static func code(httpStatus: Int) -> Code {
        switch httpStatus {
        case 400: .internal
        case 401: .unauthenticated
        case 403: .permissionDenied
        case 404: .unimplemented
        case 429, 502, 503, 504: .unavailable
        default: .unknown
        }
    }

    /// Percent-encoded UTF-8; what is encoded wrongly stays as it is.
    private static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
