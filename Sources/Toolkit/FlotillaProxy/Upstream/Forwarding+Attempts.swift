#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaResilience

    /// To whom a request is sent, and what becomes of it when that comes to nothing.
    ///
    /// It is sent again where that does no harm: when it was not sent at all; when nothing of an answer has reached the
    /// client, there is no body and the method is idempotent (RFC 9110, section 9.2.2). A kept connection that turns
    /// out to be closed is replaced without a word, for that is nobody's failure. Else the watcher decides; without one
    /// other instances are tried as long as none takes the connection.
    extension Forwarding {
        /// However patient a watcher is.
        static let attemptsMax = 16
        /// Answers that another attempt may do better than: a defect, and what passes.
        private static let failing = [500, 502, 503, 504]
        /// Instances that are tried without a watcher.
        private static let instancesMax = 3

        /// Finds a connection and sends the request on it.
        func start() {
            if isLate { return fail(.timeout) }
            attempt()
        }

        private func attempt() {
            guard let chosen = pool.choose(key: forward.key, avoiding: tried) else { return fail(.unreachable) }
            instance = chosen
            isOpen = true
            (attemptBegan, headTook, status) = (now, nil, 0)
            attempts += 1
            guard let idle = chosen.takeIdle() else { return connect(chosen) }
            connection = idle
            idle.serve(self, until: attemptEnd)
            sendHead()
        }

        private func connect(_ chosen: PooledInstance) {
            guard let new = pool.connect(chosen) else { return attemptFailed(.unreachable, isUnsent: true) }
            connection = new
            new.serve(self, until: attemptEnd)
            if new.stage == .ready { sendHead() }
        }

        /// The connection ended, or failed, before an answer began.
        func lost() {
            guard let lost = connection, let instance else { return }
            guard lost.isReused, isHarmless, !isLate else { return attemptFailed(.brokenOff) }
            drop()
            attempts += 1
            connect(instance)
        }

        /// An attempt came to nothing, and nothing of an answer has reached the client.
        ///
        /// - Parameter isUnsent: nothing was sent either.
        func attemptFailed(_ kind: UpstreamFailure.Kind, isUnsent: Bool = false) {
            let isCutOff = kind == .timeout && attemptEnd.map { now >= $0 } ?? false
            settle(isCutOff ? pool.outcome(ofCutOff: now - attemptBegan, isLate: true) : .failure)
            drop()
            guard isRepeated(ForwardEnd(failure: kind), isUnsent: isUnsent) else { return fail(kind) }
            attemptElsewhere()
        }

        /// The upstream answers that it cannot answer; where that may be asked again, it is asked again.
        ///
        /// - Parameter size: of the answer's head, which lies in the input.
        /// - Returns: false when this is the answer.
        func isAnswerRepeated(_ connection: UpstreamConnection, _ size: Int) -> Bool {
            let answer = connection.parser.head
            guard Self.failing.contains(answer.status), forward.watcher != nil else { return false }
            guard isRepeated(ForwardEnd(status: answer.status), isUnsent: false) else { return false }
            settle(.failure)
            let isHere =
                switch answer.framing {
                case .none: connection.input.count == size
                case .length(let count): connection.input.count == size + count
                case .chunked, .untilClose: false
                }
            if isHere, answer.keepsAlive, connection.output.isEmpty {
                self.connection = nil
                connection.release()
            } else {
                drop()
            }
            attemptElsewhere()
            return true
        }

        /// Tells the balancer what came of an attempt, once for each.
        func settle(_ outcome: CallOutcome) {
            guard isOpen, let instance else { return }
            isOpen = false
            pool.finish(instance, outcome, took: headTook ?? now - attemptBegan)
        }

        private func attemptElsewhere() {
            if let instance { tried.append(instance.endpoint) }
            attempt()
        }

        private func isRepeated(_ end: ForwardEnd, isUnsent: Bool) -> Bool {
            guard isUnsent && !isHeadTaken || isHarmless, !isLate, attempts < Self.attemptsMax else { return false }
            if let watcher = forward.watcher { return watcher.mayRepeat(after: told(end)) }
            return isUnsent && end.failure == .unreachable && attempts < min(forward.upstream.count, Self.instancesMax)
        }

        /// Whether the request may be sent twice.
        private var isHarmless: Bool { !isHeadTaken && isRequestSent && head.method.isIdempotent }

        /// Whether there is no time left.
        private var isLate: Bool { forward.deadline.map { now >= $0 } ?? false }

        /// By when the answer to this attempt must have begun.
        private var attemptEnd: Duration? {
            guard let timeout = forward.attemptTimeout else { return forward.deadline }
            let end = attemptBegan + timeout
            return forward.deadline.map { min($0, end) } ?? end
        }
    }
#endif
