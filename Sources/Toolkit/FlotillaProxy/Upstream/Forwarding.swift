#if os(Linux)
    internal import FlotillaCore

    /// One request on its way to an upstream, and the answer on its way back, both as they come: neither is kept
    /// longer than it takes to pass it on, and whoever reads slowly slows the one who sends.
    ///
    /// The request's head stays in the client's input until the upstream has begun to answer or there is a body to
    /// send, so that it can be sent again where that does no harm: when it was not sent at all, or when a connection
    /// that had waited turned out to be closed and the method is idempotent (RFC 9110, section 9.2.2).
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
        private(set) var connection: UpstreamConnection?
        let head: RequestHead
        /// Path and query that are asked for; nil: as the client asks.
        private let target: [UInt8]?
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
        private var triesLeft: Int

        init(_ client: ClientConnection, _ head: RequestHead, target: [UInt8]?, _ pool: UpstreamPool) {
            self.client = client
            self.head = head
            self.target = target
            self.pool = pool
            isRequestSent = head.framing.isEmpty
            // Once for each instance, and once more for a connection that turns out to be closed.
            triesLeft = min(pool.upstream.instances.count, 3) + 1
        }

        /// Finds a connection and sends the request on it.
        func start() { ask(pool.choose()) }

        private func ask(_ instance: Int) {
            guard let idle = pool.takeIdle(instance) else { return connect(instance) }
            connection = idle
            idle.serve(self)
            sendHead()
        }

        private func connect(_ instance: Int) {
            var instance = instance
            while triesLeft > 0 {
                triesLeft -= 1
                if let new = pool.connect(instance) {
                    connection = new
                    new.serve(self)
                    if new.stage == .ready { sendHead() }
                    return
                }
                pool.noteFailure(instance)
                instance = pool.choose()
            }
            fail(.unreachable)
        }

        /// The loop has something to tell of the upstream's connection.
        func work() { client.work() }

        func connected() {
            sendHead()
            client.work()
        }

        func connectFailed() {
            guard let failed = connection else { return }
            pool.noteFailure(failed.instance)
            drop()
            ask(pool.choose())
            client.work()
        }

        func timeIsUp(isConnecting: Bool) {
            if let connection { pool.noteFailure(connection.instance) }
            if answerStage == .head { fail(.timeout) } else { breakOff() }
            client.work()
        }

        private func sendHead() {
            guard let connection else { return }
            connection.output.removeAll()
            client.server.requestRewrite.client = client.addressBytes
            client.server.requestRewrite.target = target
            client.server.requestRewrite.passesUpgrade = head.upgrade != nil
            client.server.requestRewrite.passesExpectation = true
            head.write(to: &connection.output, from: client.input.readable, client.server.requestRewrite)
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

        /// The connection ended, or failed, before an answer began.
        func lost() {
            guard let lost = connection else { return }
            let isHarmless = lost.isReused && !isHeadTaken && head.method.isIdempotent && triesLeft > 0
            if isHarmless {
                drop()
                connect(lost.instance)
            } else {
                pool.noteFailure(lost.instance)
                fail(.brokenOff)
            }
        }

        /// Answers the client instead of the upstream.
        func fail(_ kind: UpstreamFailure.Kind) {
            drop()
            client.refuseForwarded(
                UpstreamFailure(kind: kind, upstream: pool.upstream.name), headSize: isHeadTaken ? nil : head.size,
                isRequestSent: isRequestSent)
        }

        /// Tells the client that its body is none, unless the upstream has begun to answer. That says nothing of the
        /// upstream.
        func refuseClient(_ refusal: WireRefusal) {
            guard answerStage == .head else { return breakOff() }
            drop()
            client.refuseWhileForwarded(refusal)
        }

        /// Nobody can tell any more where the answer ends: the client sees that it is not whole.
        func breakOff() {
            drop()
            client.close(isBroken: true)
        }

        /// The answer is whole.
        func finish() {
            guard let connection else { return }
            if keepsUpstream, isRequestSent, connection.input.isEmpty, connection.output.isEmpty {
                self.connection = nil
                connection.release()
            } else {
                pool.noteSuccess(connection.instance)
                drop()
            }
            client.forwardingEnded(isRequestSent: isRequestSent)
        }

        /// Closes the upstream's connection.
        func drop() {
            let dropped = connection
            connection = nil
            dropped?.close()
        }
    }
#endif
