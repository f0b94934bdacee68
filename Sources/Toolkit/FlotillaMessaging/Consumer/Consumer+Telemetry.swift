internal import FlotillaCore
internal import FlotillaObservability

/// A message that was dealt with, and the span of that.
struct HandledMessage: Sendable {
    var message: Message
    /// Nil when the sender's trace could not be read.
    var trace: TraceContext?
}

/// What a consumer tells about its work once that is durable.
extension Consumer {
    /// A span for each message: it hangs below the span that sent it, and what the handler sent hangs below it.
    /// Messages of one batch share their transaction, so they share its time too.
    func report(_ handled: [HandledMessage], since start: Timestamp, took duration: Duration) {
        for one in handled {
            counters[one.message.type]?.increment()
            guard telemetry.recordsSpans, let trace = one.trace else { continue }
            telemetry.recordSpan(
                Span(
                    trace, service: telemetry.service, name: "handle \(one.message.type)", kind: .consumer,
                    start: start, duration: duration,
                    attributes: [
                        "messaging.message.id": one.message.id, "messaging.source": one.message.source,
                        "messaging.subject": one.message.subject,
                    ]))
        }
    }
}
