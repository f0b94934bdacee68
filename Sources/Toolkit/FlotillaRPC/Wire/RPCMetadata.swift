internal import FlotillaCore
internal import GRPCCore

/// How a call context travels beside a request.
///
/// The time left travels, not the deadline: clocks of two processes have nothing in common. gRPC's own
/// `grpc-timeout` is left alone, since grpc-swift enforces it on the machine's clock.
enum RPCMetadata {
    static let traceparent = "traceparent"
    static let correlationID = "x-correlation-id"
    static let serviceID = "x-service-id"
    static let authorization = "authorization"
    static let timeoutMicroseconds = "x-timeout-us"

    private static let bearer = "Bearer "
    private static let correlationBytesMax = 128
    private static let timeoutMax = Duration.seconds(3_600)

    /// The metadata of a call made by `caller`.
    static func make(for context: CallContext, caller: String, time: any TimeSource) -> Metadata {
        var metadata = Metadata()
        metadata.reserveCapacity(5)
        metadata.addString(context.trace.traceparent, forKey: traceparent)
        metadata.addString(context.correlationID, forKey: correlationID)
        metadata.addString(caller, forKey: serviceID)
        let remaining = context.deadline.remaining(on: time).microseconds
        metadata.addString(String(remaining), forKey: timeoutMicroseconds)
        if let token = context.token { metadata.addString(bearer + token.exposed, forKey: authorization) }
        return metadata
    }

    /// The call that came with `metadata`, its caller not verified yet.
    ///
    /// A missing or broken trace or correlation starts a new one, as W3C asks. A missing time limit is
    /// `timeout`, a broken one is refused.
    static func read(_ metadata: Metadata, world: World, timeout: Duration) throws -> CallContext {
        let trace = metadata.first(traceparent).flatMap(TraceContext.init(traceparent:)) ?? .root(world.random)
        let correlation = metadata.first(correlationID).flatMap { isCorrelationID($0) ? $0 : nil }
        var limit = timeout
        if let text = metadata.first(timeoutMicroseconds) {
            guard let microseconds = Int64(text), microseconds >= 0 else {
                throw ServiceError(
                    .malformed, "malformed-metadata",
                    "\(timeoutMicroseconds) must be a whole number of microseconds from 0.")
            }
            limit = min(.microseconds(microseconds), timeoutMax)
        }
        return CallContext(
            trace: trace, correlationID: correlation ?? trace.traceID, token: token(in: metadata),
            deadline: Deadline(in: limit, on: world.time))
    }

    /// The name of the service that calls; nil when it did not say, or said what no name can be.
    static func caller(in metadata: Metadata) -> String? {
        guard let name = metadata.first(serviceID), (1...64).contains(name.utf8.count),
            name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
        else { return nil }
        return name
    }

    private static func token(in metadata: Metadata) -> Secret? {
        guard let value = metadata.first(authorization), value.hasPrefix(bearer) else { return nil }
        return Secret(String(value.dropFirst(bearer.count)))
    }

    private static func isCorrelationID(_ text: String) -> Bool {
        (1...correlationBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
    }
}

extension Metadata {
    fileprivate func first(_ key: String) -> String? {
        for value in self[stringValues: key] { return value }
        return nil
    }
}
