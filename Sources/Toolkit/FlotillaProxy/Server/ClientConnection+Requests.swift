#if os(Linux)
    internal import FlotillaCore

    /// A head that is kept while its body comes.
    struct HeldRequest {
        var head: RequestHead
        var bytes: [UInt8]
        /// Who answers it; nil: to be asked when the body is here.
        var work: ResponseWork?
    }

    /// How far a body has come.
    struct IncomingBody {
        var bytes: [UInt8] = []
        /// Bytes still to come of one whose length is known; nil: it comes in chunks.
        var left: Int? = 0
        var chunks = ChunkedDecoder()
        /// Bytes that were thrown away, being more than is allowed, or not wanted.
        var surplus = 0

        mutating func begin(_ framing: BodyFraming, _ limits: ConnectionLimits) {
            bytes.removeAll()
            surplus = 0
            switch framing {
            case .none, .untilClose: left = 0
            case .length(let count): left = count
            case .chunked:
                left = nil
                chunks.reset(bodyBytesMax: limits.bodyBytesMax + ConnectionLimits.refusedBytesMax)
            }
        }
    }

    extension ClientConnection {
        /// Looks at the input for a head and does what it asks for.
        ///
        /// - Returns: false when more input is needed.
        func readHead() -> Bool {
            switch parser.parse(input.readable) {
            case .incomplete: return false
            case .refused(.http2Preface) where canTurn:
                turnToHTTP2()
                return false
            case .refused(let refusal):
                refuse(.unreadable(refusal))
                return true
            case .head(let size):
                beginExchange(size)
                return true
            }
        }

        private func beginExchange(_ size: Int) {
            let head = parser.head
            let limits = server.limits
            exchange = server.nextExchange()
            hasAsked = true
            keepsAlive = head.keepsAlive
            isHead = head.method == .head
            isOldVersion = head.version == .http10
            incoming.begin(head.framing, limits)
            if head.path.count + (head.query.map { $0.count + 1 } ?? 0) > limits.targetBytesMax {
                hold(head, size)
                return refuse(.targetTooLong)
            }
            if case .length(let count) = head.framing, count > limits.bodyBytesMax {
                hold(head, size)
                let readMax = limits.bodyBytesMax + ConnectionLimits.refusedBytesMax
                return !head.expectsContinue && count <= readMax ? beginBody(head) : refuse(.bodyTooLong)
            }
            decideHead(head, size)
        }

        /// Has the door decide about a head that lies in the input.
        private func decideHead(_ head: RequestHead, _ size: Int) {
            follow(decide(head, input.readable, isBodyHere: isBodyHere(behind: size)), head, size)
        }

        private func isBodyHere(behind size: Int) -> Bool { incoming.left.map { $0 <= input.count - size } ?? false }

        private func follow(_ decision: DoorDecision, _ head: RequestHead, _ size: Int) {
            let isBodyHere = isBodyHere(behind: size)
            switch decision {
            case .answer(let answer):
                input.consume(size)
                write(answer.head, answer.body)
                endExchange()
            case .collect where !isBodyHere:
                hold(head, size)
                beginBody(head)
            case .collect: preconditionFailure("the body of the request is here already")
            case .forward(let forward):
                phase = .forwarding
                let new = Forwarding(self, head, forward, server.pool(forward.upstream))
                forwarding = new
                new.start()
            case .task(let work):
                hold(head, size)
                held?.work = work
                if isBodyHere { readKnownBody() } else { beginBody(head) }
            case .later(let work): find(work)
            }
        }

        private func find(_ work: @escaping @Sendable () async -> DoorDecision) {
            phase = .deciding
            server.start(.later(work, server.inbox, exchange: exchange, to: token))
        }

        /// What had to be found out is found out. The head has stayed where it was, since nothing was read meanwhile.
        func decided(_ decision: DoorDecision) {
            guard phase == .deciding else { return }
            if let held { follow(decision, held) } else { follow(decision, parser.head, parser.head.size) }
        }

        private func decide(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer, isBodyHere: Bool) -> DoorDecision {
            server.door.decide(RequestView(head, bytes, from: origin, isBodyHere: isBodyHere))
        }

        func hold(_ head: RequestHead, _ size: Int) {
            held = HeldRequest(head: head, bytes: Array(input.readable[..<size]))
            input.consume(size)
        }

        private func beginBody(_ head: RequestHead) {
            phase = .body
            phaseBegan = server.loop.now
            if head.expectsContinue, input.isEmpty { output.append("HTTP/1.1 100 Continue\r\n\r\n") }
        }

        // MARK: Body

        private func readKnownBody() {
            let count = incoming.left ?? 0
            if count > 0 {
                incoming.bytes = Array(input.readable[..<count])
                input.consume(count)
                incoming.left = 0
            }
            bodyArrived()
        }

        /// Takes what the input has of the body.
        ///
        /// - Returns: whether something else is to be done now; false when more input is needed.
        func readBody() -> Bool {
            switch takeBody(keeping: true) {
            case .more:
                guard incoming.surplus <= ConnectionLimits.refusedBytesMax else {
                    refuse(.bodyTooLong)
                    return true
                }
                return false
            case .whole: bodyArrived()
            case .refused(.bodyTooLarge): refuse(.bodyTooLong)
            case .refused(let refusal): refuse(.unreadable(refusal))
            }
            return true
        }

        /// Throws away what the input has of the body.
        ///
        /// - Returns: whether something else is to be done now.
        func skipBody() -> Bool {
            let progress = takeBody(keeping: false)
            switch progress {
            case .more where incoming.surplus <= ConnectionLimits.refusedBytesMax: return false
            case .whole: beginHead()
            case .more, .refused: (phase, lingers) = (.closing, true)
            }
            return true
        }

        private enum BodyProgress {
            case more, whole
            case refused(WireRefusal)
        }

        private func takeBody(keeping: Bool) -> BodyProgress {
            if let left = incoming.left {
                let count = min(left, input.count)
                keep(0..<count, keeping)
                input.consume(count)
                incoming.left = left - count
                return left == count ? .whole : .more
            }
            while !input.isEmpty {
                switch incoming.chunks.step(input.readable) {
                case .incomplete(let consumed): input.consume(consumed)
                case .payload(let range):
                    keep(range, keeping)
                    input.consume(range.upperBound)
                case .end(let consumed):
                    input.consume(consumed)
                    incoming.left = 0
                    return .whole
                case .refused(let refusal): return .refused(refusal)
                }
            }
            return .more
        }

        private func keep(_ range: Range<Int>, _ isWanted: Bool) {
            guard !range.isEmpty else { return }
            let isTooMuch = incoming.bytes.count + range.count > server.limits.bodyBytesMax
            if !isWanted || isTooMuch || incoming.surplus > 0 {
                incoming.surplus += range.count
            } else {
                incoming.bytes.append(contentsOf: input.readable[range])
            }
        }

        private func bodyArrived() {
            guard let held else { preconditionFailure("a body without a head") }
            guard incoming.surplus == 0 else { return refuse(.bodyTooLong, isLast: false) }
            guard let work = held.work else { return decideWhole(held) }
            run(held, work)
        }

        private func decideWhole(_ held: HeldRequest) {
            follow(held.bytes.withUnsafeBytes { decide(held.head, $0, isBodyHere: true) }, held)
        }

        private func follow(_ decision: DoorDecision, _ held: HeldRequest) {
            switch decision {
            case .answer(let answer):
                write(answer.head, answer.body)
                endExchange()
            case .collect, .forward: preconditionFailure("the body of the request is here already")
            case .task(let work): run(held, work)
            case .later(let work): find(work)
            }
        }

        private func run(_ held: HeldRequest, _ work: ResponseWork) {
            let channel = ResponseChannel(inbox: server.inbox, token: token, exchange: exchange)
            let request = ArrivedRequest(
                held.head, held.bytes, body: incoming.bytes, from: origin)
            self.held = nil
            incoming.bytes = []
            self.channel = channel
            phase = .running
            server.start(.exchange(ExchangeJob(request: request, channel: channel, work: work)))
        }
    }
#endif
