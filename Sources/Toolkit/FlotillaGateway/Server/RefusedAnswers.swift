#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import FlotillaProxy
    internal import HTTPTypes

    /// The answers to requests that nobody gets to see: problem documents, as those of ``HTTPServer``, and counted
    /// like them.
    struct RefusedAnswers: Sendable {
        private let refusals: Refusals
        private let headTimeout: Duration
        /// To a head that does not end. Made once, without a trace: thousands may be due at the same moment, and others
        /// wait meanwhile.
        private let headTooSlow: ReadyAnswer
        private let headsTooSlow: Counter?

        /// - Parameter telemetry: that of `refusals`.
        init(_ refusals: Refusals, headTimeout: Duration, telemetry: Telemetry?) {
            self.refusals = refusals
            self.headTimeout = headTimeout
            let response = Problem.response(for: StatusError.tooSlow("header", headTimeout), traceID: "")
            headTooSlow = ReadyAnswer(AnswerHead(response), response.bytes ?? [])
            headsTooSlow = telemetry.map { telemetry in
                telemetry.metrics.counter(
                    "http_requests_total", "Requests answered.",
                    labels: [
                        ("service", telemetry.service), ("method", "any"), ("route", "unread"), ("status", "408"),
                    ])
            }
        }

        /// - Parameter request: nil when it could not be read.
        func answer(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer {
            if refusal == .headTooSlow {
                headsTooSlow?.increment()
                return headTooSlow
            }
            return switch request {
            case .some(let request): answer(described(refusal), to: Request(request))
            case .none: answer(described(refusal), to: nil)
            }
        }

        func answer(_ error: any DescribedError, to request: Request?) -> ReadyAnswer {
            let response = refusals.response(for: error, to: request, isLast: false)
            return ReadyAnswer(AnswerHead(response), response.bytes ?? [])
        }

        private func described(_ refusal: RequestRefusal) -> any DescribedError {
            let limits = refusals.limits
            return switch refusal {
            case .unreadable(let refusal): Self.described(refusal, limits)
            case .incomplete: StatusError.malformedHTTP("The request ended in the middle.")
            case .targetTooLong: StatusError.targetTooLong(limits)
            case .bodyTooLong: StatusError.bodyTooLarge(limits)
            case .headTooSlow: StatusError.tooSlow("header", headTimeout)
            case .bodyTooSlow: StatusError.tooSlow("body", limits.bodyTimeout)
            case .upstream(let failure):
                StatusError.badGateway(failure.kind.status, failure.kind.rawValue, Self.detail(failure))
            }
        }

        private static func described(_ refusal: WireRefusal, _ limits: ServerLimits) -> any DescribedError {
            switch refusal.status {
            case 413: StatusError.bodyTooLarge(limits)
            case 414: StatusError.targetTooLong(limits)
            case 431: StatusError.headersTooLarge(limits)
            case let status:
                StatusError.malformedHTTP("\(refusal.detail)", status: HTTPResponse.Status(integerLiteral: status))
            }
        }

        private static func detail(_ failure: UpstreamFailure) -> String {
            let name = failure.upstream
            return switch failure.kind {
            case .unreachable: "No server of the upstream '\(name)' takes connections. Try again later."
            case .timeout: "The upstream '\(name)' did not answer in time."
            case .brokenOff: "The upstream '\(name)' closed the connection before it had answered."
            case .unreadable: "The upstream '\(name)' answered something that is no HTTP."
            }
        }
    }
#endif
