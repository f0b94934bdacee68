internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization

extension Transcoder {
    /// An answer whose messages are sent on as they come: each a line of JSON, or an event.
    ///
    /// The head is sent before the call begins, so a call that fails ends in a last line `{"error": …}`, or an event
    /// `error`, with the problem.
    func stream(
        _ call: GRPCCall, _ binding: GRPCBinding, _ request: Request, _ context: CallContext, _ caller: some GRPCCaller
    ) -> Response {
        let wantsEvents = request.headers[.accept]?.contains("text/event-stream") ?? false
        guard wantsEvents else {
            return Response(
                .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
                body: .stream { writer in
                    do {
                        try await caller.call(call, context) { message in
                            try await writer.write(try json(message, binding) + [0x0A])
                        }
                    } catch {
                        guard !Task.isCancelled else { throw error }
                        let problem = Self.document(of: error, call, context)
                        try await writer.write(Array("{\"error\":".utf8) + problem + Array("}\n".utf8))
                    }
                })
        }
        return .events { events in
            do {
                try await caller.call(call, context) { message in
                    try await events.send(data: String(decoding: try json(message, binding), as: UTF8.self))
                }
            } catch {
                guard !Task.isCancelled else { throw error }
                let problem = Self.document(of: error, call, context)
                try await events.send("error", data: String(decoding: problem, as: UTF8.self))
            }
        }
    }

    private static func document(of error: any Error, _ call: GRPCCall, _ context: CallContext) -> [UInt8] {
        let error = (error as? GRPCStatus)?.problem(of: call.service) ?? error
        return Problem.response(for: error, traceID: context.trace.traceID).bytes ?? []
    }
}

/// The one message of an answer.
final class OneMessage: Sendable {
    private let state = Mutex<[UInt8]?>(nil)

    var message: [UInt8]? { state.withLock { $0 } }

    /// - Throws: ``GRPCStatus`` when there is one already.
    func take(_ message: [UInt8]) throws(GRPCStatus) {
        let isFirst = state.withLock { state in
            guard state == nil else { return false }
            state = message
            return true
        }
        guard isFirst else { throw GRPCStatus(.internal, "There is more than one answer.") }
    }
}
