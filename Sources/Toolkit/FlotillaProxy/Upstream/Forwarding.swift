#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaResilience

    /// One request on its way to an upstream, and the answer on its way back, both as they come: neither is kept
    /// longer than it takes to pass it on, and whoever reads slowly slows the one who sends.
    ///
    /// The request's head stays in the client's input until the upstream has begun to answer or there is a body to
    /// send, so that it can be sent again where that does no harm (``Forwarding+Attempts``).
    ///
    /// Belongs to its loop's thread.
    final class Forwarding {
        /// Of what one side has sent and the other has not taken, at most; then the one is not read.
        static let bufferedMax = 128 << 10

        /// Interim answers (1xx) to one request at most.
        static let interimAnswersMax = 16

        enum AnswerStage { case head, body, tunnel }

        unowned let client: ClientConnection
        let pool: UpstreamPool
        let forward: Forward
        var connection: UpstreamConnection?
        let head: RequestHead
        var isRequestSent: Bool
        /// The head has left the client's input.
        var isHeadTaken = false
        var answerStage = AnswerStage.head
        var answerFraming = BodyFraming.none
        /// How the body goes out to the client.
        var outFraming = BodyFraming.none
        var answerLeft = 0
        var answerChunks = ChunkedDecoder(limits: WireLimits(bodyBytesMax: .max))
        var interimAnswers = 0
        var keepsUpstream = false
        var tunnelEnds = (client: false, upstream: false)
        /// Where the request is, or was last.
        var instance: PooledInstance?
        /// The balancer waits to be told what comes of it.
        var isOpen = false
        /// How often the request was sent, or tried to be.
        var attempts = 0
        var attemptBegan = Duration.zero
        /// From the beginning of the attempt to the answer's head.
        var headTook: Duration?
        /// Of the upstream's answer; 0: there is none.
        var status = 0
        /// Those that did not answer.
        var tried: [Endpoint] = []
        private var isOver = false

        init(_ client: ClientConnection, _ head: RequestHead, _ forward: Forward, _ pool: UpstreamPool) {
            self.client = client
            self.head = head
            self.forward = forward
            self.pool = pool
            isRequestSent = head.framing.isEmpty
        }

        var now: Duration { client.server.loop.now }

        /// The loop has something to tell of the upstream's connection.
        func work() { client.work() }

        // What these do may close the client's connection, of which the loop then lets go.

        func connected() {
            let client = client
            sendHead()
            client.work()
        }

        func connectFailed() {
            let client = client
            attemptFailed(.unreachable, isUnsent: true)
            client.work()
        }

        func timeIsUp(isConnecting: Bool) {
            let client = client
            if answerStage == .head {
                let isClientSlow = !isConnecting && !isRequestSent && connection?.output.isEmpty ?? false
                if isClientSlow { clientTooSlow() } else { attemptFailed(.timeout, isUnsent: isConnecting) }
            } else if answerStage == .body, client.output.count > Self.bufferedMax {
                // Nothing was read of it since the client takes nothing; that one has its own patience.
                connection?.awaitInput()
            } else {
                breakOff(.timeout)
            }
            client.work()
        }

        func sendHead() {
            guard let connection else { return }
            connection.output.removeAll()
            let rules = forward.rules
            client.server.requestRewrite.client = client.origin.addressBytes
            client.server.requestRewrite.isSecure = client.origin.isSecure
            client.server.requestRewrite.isHTTP2 = client.isStream
            client.server.requestRewrite.host = rules.host
            client.server.requestRewrite.target = forward.target
            client.server.requestRewrite.removingNames = rules.requestWithout
            client.server.requestRewrite.passesUpgrade = head.upgrade != nil
            client.server.requestRewrite.passesExpectation = true
            head.write(to: &connection.output, from: client.input.readable, client.server.requestRewrite)
            if !rules.requestLines.isEmpty { connection.output.append(rules.requestLines) }
            if !forward.requestLines.isEmpty { connection.output.append(forward.requestLines) }
            connection.output.endHead()
            connection.awaitInput()
            // With a body behind it, it cannot be sent twice anyhow.
            if !isRequestSent { takeHead() }
        }

        func takeHead() {
            guard !isHeadTaken else { return }
            isHeadTaken = true
            client.input.consume(head.size)
        }

        // MARK: The end

        /// Answers the client instead of the upstream.
        func fail(_ kind: UpstreamFailure.Kind) {
            settle(.failure)
            drop()
            over(ForwardEnd(failure: kind))
            client.refuseForwarded(
                UpstreamFailure(kind: kind, upstream: forward.upstream.name), headSize: isHeadTaken ? nil : head.size,
                isRequestSent: isRequestSent)
        }

        /// Everything that came was sent, and the rest of the body did not come in time.
        private func clientTooSlow() {
            settle(.abandoned)
            drop()
            var end = ForwardEnd()
            end.isAbandoned = true
            over(end)
            client.refuseWhileForwarded(.bodyTooSlow)
        }

        /// Tells the client that its body is none, unless the upstream has begun to answer. That says nothing of the
        /// upstream.
        func refuseClient(_ refusal: WireRefusal) {
            settle(.callerFault)
            drop()
            var end = ForwardEnd(status: status > 0 ? status : nil)
            end.refusal = refusal
            over(end)
            if answerStage == .head {
                client.refuseWhileForwarded(.unreadable(refusal))
            } else {
                client.close(isBroken: true)
            }
        }

        /// Nobody can tell any more where the answer ends: the client sees that it is not whole.
        ///
        /// - Parameter kind: how the upstream failed; nil: the client has not sent the whole request.
        func breakOff(_ kind: UpstreamFailure.Kind?) {
            guard let kind else { return client.close(isBroken: true) }
            // Whoever has tunnelled has answered, and every tunnel ends somehow.
            settle(answerStage == .tunnel ? .success : .failure)
            drop()
            over(ForwardEnd(status: status, failure: kind))
            client.close(isBroken: true)
        }

        /// The answer is whole.
        func finish() {
            guard let connection else { return }
            settle(status >= 500 ? .failure : status >= 400 ? .callerFault : .success)
            if keepsUpstream, isRequestSent, connection.input.isEmpty, connection.output.isEmpty {
                self.connection = nil
                connection.release()
            } else {
                drop()
            }
            over(ForwardEnd(status: status))
            client.forwardingEnded(isRequestSent: isRequestSent)
        }

        /// The tunnel has ended, or is ended since the server stops.
        func finishTunnel() {
            settle(.success)
            drop()
            over(ForwardEnd(status: status))
        }

        /// The client's connection is closed. Nothing happens when the request was over before.
        func clientClosed() {
            guard !isOver else { return }
            if answerStage == .tunnel { return finishTunnel() }
            if isOpen { settle(pool.outcome(ofCutOff: now - attemptBegan, isLate: false)) }
            drop()
            var end = ForwardEnd(status: status > 0 ? status : nil)
            end.isAbandoned = true
            over(end)
        }

        private func over(_ end: ForwardEnd) {
            guard !isOver else { return }
            isOver = true
            guard let watcher = forward.watcher else { return }
            watcher.ended(told(end))
        }

        /// With what is the same for every end.
        func told(_ end: ForwardEnd) -> ForwardEnd {
            var end = end
            end.instance = instance?.endpoint.instance.address
            end.attempts = attempts
            end.now = now
            end.took = headTook ?? (attempts > 0 ? now - attemptBegan : .zero)
            return end
        }

        /// Closes the upstream's connection.
        func drop() {
            let dropped = connection
            connection = nil
            dropped?.close()
        }
    }
#endif
