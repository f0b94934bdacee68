#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import HTTPTypes
    internal import Synchronization

    /// The answers to requests that are turned away, made once for each reason; only the trace is put in.
    final class ShedAnswers: Sendable {
        /// Reasons that are kept: three for each policy there has been.
        private static let kindsMax = 30
        private static let placeholder = String(repeating: "#", count: 32)

        private struct Template: Sendable {
            var retryAfter: Duration?
            var head: AnswerHead
            var body: [UInt8]
            /// Where the trace ID begins in the body.
            var tracePlace: Int
        }

        private let world: World
        private let templates = Mutex<[String: Template]>([:])

        init(_ world: World) { self.world = world }

        func answer(for error: ServiceError, to request: borrowing RequestView) -> ReadyAnswer {
            let template = template(for: error)
            let context = RequestTrace(request, world)
            var answer = ReadyAnswer(template.head, template.body)
            context.stamp(&answer.head)
            var place = template.tracePlace
            for byte in context.trace.traceID.utf8 {
                answer.body[place] = byte
                place += 1
            }
            return answer
        }

        /// An answer that was given before, to be given to this request instead of turning it away.
        func answer(_ old: Response, to request: borrowing RequestView) -> ReadyAnswer {
            var answer = ReadyAnswer(AnswerHead(old), old.bytes ?? [])
            RequestTrace(request, world).stamp(&answer.head)
            return answer
        }

        private func template(for error: ServiceError) -> Template {
            templates.withLock { templates in
                if let known = templates[error.detail], known.retryAfter == error.retryAfter { return known }
                if templates.count >= Self.kindsMax { templates.removeAll() }
                let new = Self.make(error)
                templates[error.detail] = new
                return new
            }
        }

        private static func make(_ error: ServiceError) -> Template {
            let response = Problem.response(for: error, traceID: placeholder)
            let body = response.bytes ?? []
            let mark = Array(placeholder.utf8)
            let place = body.indices.last { body[$0...].starts(with: mark) }
            guard let place else { preconditionFailure("a problem document without its trace ID") }
            return Template(
                retryAfter: error.retryAfter, head: AnswerHead(response), body: body, tracePlace: place)
        }
    }

    extension RequestTrace {
        fileprivate init(_ request: borrowing RequestView, _ world: World) {
            let (traceID, spanID) = (request.text(named: "x-trace-id"), request.text(named: "x-span-id"))
            self.init(
                traceparent: request.text(.traceparent), traceID: traceID, spanID: spanID,
                correlationID: request.text(named: "x-correlation-id"), world)
        }

        fileprivate func stamp(_ head: inout AnswerHead) {
            head.add(HTTPField.Name.traceID.rawName, trace.traceID)
            head.add(HTTPField.Name.spanID.rawName, trace.spanID)
            head.add(HTTPField.Name.correlationID.rawName, correlationID)
        }
    }
#endif
