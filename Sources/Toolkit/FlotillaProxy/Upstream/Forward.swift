#if os(Linux)
    /// How a request is passed on to an upstream, and its answer back.
    public struct Forward: Sendable {
        public var upstream: Upstream
        /// Path and query that are asked for; nil: as the client asks.
        public var target: [UInt8]?
        /// What is the same for every request of a route.
        public var rules: ForwardRules
        /// Whole lines, each with its end (`name: value\r\n`), that the request gets besides those of the rules.
        public var requestLines: [UInt8] = []
        /// The same for the answer, whoever makes it.
        public var answerLines: [UInt8] = []
        /// Of all that belongs together, for upstreams that hash; nil: nothing does.
        public var key: UInt64?
        /// By when the answer must have begun, on the clock that never jumps; nil: the upstream's own limits only.
        public var deadline: Duration?
        /// How long one attempt may take until its answer begins; nil: as long as ``deadline`` allows.
        public var attemptTimeout: Duration?
        /// Told of what becomes of it; nil: nobody is.
        public var watcher: (any ForwardWatcher)?

        public init(_ upstream: Upstream, target: [UInt8]? = nil, rules: ForwardRules = .none) {
            self.upstream = upstream
            self.target = target
            self.rules = rules
        }
    }

    /// What changes on every request of a route and on every answer to it. Made once, shared by all threads.
    public final class ForwardRules: Sendable {
        /// Replaces Host; nil keeps what the client asked for.
        public let host: [UInt8]?
        /// Names of fields, in lower case, that the upstream does not get to see.
        public let requestWithout: [[UInt8]]
        /// Names of fields, in lower case, that the client does not get to see.
        public let answerWithout: [[UInt8]]
        /// Whole lines that each request gets.
        public let requestLines: [UInt8]
        /// Whole lines that each answer gets.
        public let answerLines: [UInt8]

        /// Changes nothing.
        public static let none = ForwardRules()

        public init(
            host: [UInt8]? = nil, requestWithout: [[UInt8]] = [], answerWithout: [[UInt8]] = [],
            requestLines: [UInt8] = [], answerLines: [UInt8] = []
        ) {
            self.host = host
            self.requestWithout = requestWithout
            self.answerWithout = answerWithout
            self.requestLines = requestLines
            self.answerLines = answerLines
        }
    }

    /// Is told what becomes of one forwarded request, on the thread of its loop.
    public protocol ForwardWatcher: AnyObject, Sendable {
        /// An attempt has failed, and the request could be sent again without harm; asked only while nothing of an
        /// answer has gone to the client.
        ///
        /// - Returns: whether it is to be, as far as the policy goes (budget, breaker, number of attempts).
        func mayRepeat(after end: ForwardEnd) -> Bool

        /// It is over. Called exactly once, last.
        func ended(_ end: ForwardEnd)
    }

    /// How an attempt, or the whole of a forwarded request, ended.
    public struct ForwardEnd: Sendable {
        /// That of the upstream's answer; nil: there was none.
        public var status: Int?
        /// Why there is no answer, or not all of it; nil: it is whole.
        public var failure: UpstreamFailure.Kind?
        /// The client went away before its end, or did not send its body in time: that says nothing of the upstream.
        public var isAbandoned = false
        /// Who answered or failed; nil: nobody was reached.
        public var instance: String?
        /// How often it was sent, or tried to be; 0: there was nobody to send it to, or no time.
        public var attempts = 1
        /// The request's body was none, and the client was told so; that says nothing of the upstream.
        public var refusal: WireRefusal?
        /// When it was, on the clock that never jumps.
        public var now = Duration.zero
        /// From the beginning of the last attempt to the answer's head, or to the end when none came.
        public var took = Duration.zero

        public init(status: Int? = nil, failure: UpstreamFailure.Kind? = nil) {
            self.status = status
            self.failure = failure
        }
    }
#endif
