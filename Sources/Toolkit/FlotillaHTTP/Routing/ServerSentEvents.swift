internal import HTTPTypes

/// Writes server-sent events (WHATWG HTML, section 9.2).
public struct EventWriter: Sendable {
    let body: any ResponseBodyWriter

    /// Sends one event.
    ///
    /// - Parameters:
    ///   - name: its type; without one it is a `message`. No line breaks.
    ///   - id: what a client that lost the connection sends back in `Last-Event-ID`. No line breaks.
    ///   - data: any text; each of its lines becomes a `data` line.
    /// - Throws: when the receiver is gone.
    public func send(_ name: String? = nil, id: String? = nil, data: String) async throws {
        var text = ""
        if let name { text += "event: \(Self.oneLine(name))\n" }
        if let id { text += "id: \(Self.oneLine(id))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        text += "\n"
        try await body.write(Array(text.utf8))
    }

    /// Sends a comment, which clients ignore: it keeps proxies from closing a silent connection.
    public func heartbeat() async throws { try await body.write(Array(":\n\n".utf8)) }

    /// Tells the client how long to wait before it connects again.
    public func retry(after pause: Duration) async throws {
        let milliseconds = pause.components.seconds * 1000 + pause.components.attoseconds / 1_000_000_000_000_000
        try await body.write(Array("retry: \(milliseconds)\n\n".utf8))
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}

extension Response {
    /// A response that stays open and sends events until `send` returns or throws.
    ///
    /// `send` is cancelled when the receiver goes away. It holds no deadline: it must end by itself.
    public static func events(_ send: @escaping @Sendable (EventWriter) async throws -> Void) -> Response {
        Response(
            .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: .stream { body in try await send(EventWriter(body: body)) })
    }
}
