public import FlotillaCore

/// A call of a gRPC method: one message there, one or several back.
public struct GRPCCall: Sendable {
    /// `/package.Service/Method`.
    public var path: String
    /// What goes beside the message, names in lower case. Of `-bin` the values are base64.
    public var metadata: [(name: String, value: String)]
    /// Protobuf, without the frame of gRPC.
    public var message: [UInt8]
    /// Whether several messages may come back.
    public var isServerStream: Bool

    public init(path: String, metadata: [(name: String, value: String)], message: [UInt8], isServerStream: Bool) {
        self.path = path
        self.metadata = metadata
        self.message = message
        self.isServerStream = isServerStream
    }

    /// `package.Service`.
    public var service: String { String(path.dropFirst().prefix { $0 != "/" }) }
    /// `Method`.
    public var method: String { path.split(separator: "/").last.map(String.init) ?? "" }
}

/// Makes calls of gRPC methods: over a network (``HTTP2Caller``), or within the process.
public protocol GRPCCaller: Sendable {
    /// Makes one call.
    ///
    /// - Parameters:
    ///   - context: its deadline is told to the server and kept here; its token and trace are in the metadata already.
    ///   - receive: gets each message of the answer, as it comes; the next comes when it has returned.
    /// - Throws: ``GRPCStatus`` when the server ended the call with another status than OK, a
    ///   ``FlotillaCore/ServiceError`` when it cannot be reached or the time is over, what `receive` throws.
    func call(
        _ call: GRPCCall, _ context: CallContext, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws
}
