#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import FlotillaProxy
    internal import HTTPTypes

    /// Makes the answers that a gateway gives itself, and counts refusals by the policy that made them.
    struct EdgeAnswers: Sendable {
        private let telemetry: Telemetry
        private var world: World { telemetry.world }

        init(_ telemetry: Telemetry) { self.telemetry = telemetry }

        /// A problem document that says which policy it is of.
        func refusal(
            _ error: any Error, by policy: String, _ head: borrowing some EdgeHead & ~Copyable, _ ticket: EdgeTicket
        ) -> Response {
            let trace = RequestTrace(
                traceparent: head.field("traceparent"), traceID: nil, spanID: nil,
                correlationID: head.field("x-correlation-id"), world)
            var response = Problem.response(for: error, traceID: trace.trace.traceID)
            response.headers[.traceID] = trace.trace.traceID
            response.headers[.refusedBy] = policy
            if let challenge = ticket.pass.challenge { response.headers[.wwwAuthenticate] = challenge }
            let caller = ticket.pass.caller
            let access = ticket.route.plan.policies.access
            ticket.table.judge.refusals.add(
                Problem.described(error), by: policy, route: ticket.route.plan.name,
                request: "\(head.methodText()) \(head.pathText())", caller: caller, traceID: trace.trace.traceID
            ) {
                guard policy == AccessRefusal.Policy.access.rawValue else { return nil }
                return access.explain(head, caller: caller, address: ticket.pass.address, now: ticket.started.time)
            }
            telemetry.metrics.counter(
                "gateway_refusals_total", "Requests that a policy of the gateway refused.",
                labels: [("route", ticket.route.plan.name), ("policy", policy)]
            ).increment()
            return response
        }

        /// An answer with what its request got on the way.
        func ready(_ response: Response, _ pass: EdgePass) -> ReadyAnswer {
            var head = AnswerHead(response)
            head.add(lines: pass.answerLines.bytes)
            head.add("X-Request-ID", String(decoding: pass.requestID, as: UTF8.self))
            return ReadyAnswer(head, response.bytes ?? [])
        }
    }

    extension HTTPField.Name {
        /// Which policy of the gateway refused the request.
        static let refusedBy = constant("X-Refused-By")
    }
#endif
