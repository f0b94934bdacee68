public import FlotillaCore

extension Telemetry {
    /// Runs `body` as a span below `context`, and records it with its duration and the error it ended in.
    ///
    /// - Parameters:
    ///   - name: few different values: `GET /orders/{id}`, not the path itself.
    ///   - context: the call this is part of; `body` gets its child, to be passed on.
    /// - Throws: what `body` throws.
    public func span<T>(
        _ name: String, _ context: CallContext, kind: SpanKind = .internal, attributes: [String: String] = [:],
        isolation: isolated (any Actor)? = #isolation, _ body: (CallContext) async throws -> T
    ) async rethrows -> T {
        let child = context.child(world)
        let start = world.now
        let began = world.time.uptime
        do {
            let result = try await body(child)
            finish(name, child, kind: kind, start: start, began: began, attributes: attributes, error: nil)
            return result
        } catch {
            finish(name, child, kind: kind, start: start, began: began, attributes: attributes, error: error)
            throw error
        }
    }

    /// Whether anybody keeps spans: else they need not be made.
    public var recordsSpans: Bool { spans.keepsSpans }

    /// Stores a finished span: for synchronous work, and for what is known only afterwards.
    ///
    /// A span that is not sampled is stored only when it has an error. Attributes and error are redacted here.
    public func recordSpan(_ span: Span) {
        guard recordsSpans, span.isSampled || span.error != nil else { return }
        var span = span
        for (key, value) in span.attributes {
            let redacted = Redaction.value(value, key: key, bytesMax: Span.valueBytesMax)
            if redacted != value { span.attributes[key] = redacted }
        }
        if let error = span.error { span.error = Redaction.text(error, bytesMax: Span.valueBytesMax) }
        spans.record(span)
    }

    private func finish(
        _ name: String, _ context: CallContext, kind: SpanKind, start: Timestamp, began: Duration,
        attributes: [String: String], error: (any Error)?
    ) {
        guard recordsSpans, context.trace.isSampled || error != nil else { return }
        recordSpan(
            Span(
                context.trace, service: service, name: name, kind: kind, start: start,
                duration: world.time.uptime - began, attributes: attributes, error: error.map(spanErrorText)))
    }
}

/// The slug says more to a machine than the text; the text follows.
private func spanErrorText(_ error: any Error) -> String {
    guard let described = error as? any DescribedError else { return errorText(error) }
    return "\(described.slug): \(described.detail)"
}
