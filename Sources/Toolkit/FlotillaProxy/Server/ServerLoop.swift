#if os(Linux)
    internal import FlotillaCore

    /// What the connections of one loop share. Belongs to its thread.
    final class ServerLoop {
        let loop: EventLoop
        let door: any RequestDoor
        let limits: ConnectionLimits
        let wireLimits: WireLimits
        /// Nil: connections are plain.
        let tls: TLSContext?
        let inbox: LoopInbox<LoopMail>
        private static let readBytes = 64 << 10
        /// So many are kept.
        private static let spareMax = 512
        private static let nobody = ClientOrigin("")
        private let time: any TimeSource
        private let jobs: AsyncStream<[LoopJob]>.Continuation
        private var waitingJobs: [LoopJob] = []
        private var date = DateLine()
        private var lastExchange: UInt64 = 0
        private var pools: [ObjectIdentifier: UpstreamPool] = [:]
        /// What was read, for the time until it is looked at.
        let readRoom: UnsafeMutableRawBufferPointer
        /// Takes answers apart that are for HTTP/2.
        var answerParser = ResponseHeadParser(
            limits: WireLimits(headBytesMax: 1 << 20, fieldsMax: 1_000, bodyBytesMax: .max))
        /// Those who have served a request of HTTP/2 and wait for another.
        private var spare: [ClientConnection] = []
        /// Changed from request to request.
        var requestRewrite = RequestRewrite()
        var responseRewrite = ResponseRewrite()

        init(
            _ loop: EventLoop, door: any RequestDoor, limits: ConnectionLimits, tls: TLSContext?,
            inbox: LoopInbox<LoopMail>, time: any TimeSource, jobs: AsyncStream<[LoopJob]>.Continuation
        ) {
            self.loop = loop
            self.door = door
            self.limits = limits
            self.inbox = inbox
            self.tls = tls
            self.time = time
            readRoom = .allocate(byteCount: Self.readBytes, alignment: 16)
            self.jobs = jobs
            wireLimits = WireLimits(
                headBytesMax: limits.headBytesMax, lineBytesMax: limits.targetBytesMax + 64,
                fieldsMax: limits.fieldsMax, bodyBytesMax: .max)
            loop.afterTurn = { [unowned self] in handOver() }
        }

        deinit { readRoom.deallocate() }

        /// The field `Date` with its line's end.
        func dateLine() -> [UInt8] { date.bytes(at: time.now) }

        /// The same without name and line's end.
        func dateText() -> [UInt8] { date.text(at: time.now) }

        /// The connections of this loop to an upstream.
        func pool(_ upstream: Upstream) -> UpstreamPool {
            if let known = pools[ObjectIdentifier(upstream)] { return known }
            // Whoever comes anew has often taken another's place.
            for key in pools.keys.sorted() where pools[key]?.isOrphan ?? false {
                pools.removeValue(forKey: key)?.close()
            }
            let new = UpstreamPool(upstream, loop)
            pools[ObjectIdentifier(upstream)] = new
            return new
        }

        /// Somebody to serve one request of HTTP/2.
        func takeStream() -> (ClientConnection, HTTP2Stream) {
            if let client = spare.popLast(), case .stream(let stream) = client.transport { return (client, stream) }
            let stream = HTTP2Stream()
            let client = ClientConnection(self, .stream(stream), from: Self.nobody, listener: nil)
            stream.serve(for: client)
            return (client, stream)
        }

        /// The loop has ended: those who know it are let go.
        func end() { spare = [] }

        /// It serves no request any more.
        func putBack(_ client: ClientConnection) { if spare.count < Self.spareMax { spare.append(client) } }

        /// For messages that come late to be known as such.
        func nextExchange() -> UInt64 {
            lastExchange += 1
            return lastExchange
        }

        /// Gives work to the tasks at the end of the turn, all of it at once.
        func start(_ job: LoopJob) { waitingJobs.append(job) }

        private func handOver() {
            guard !waitingJobs.isEmpty else { return }
            jobs.yield(waitingJobs)
            waitingJobs.removeAll(keepingCapacity: true)
        }
    }

    /// What a loop has tasks for.
    enum LoopJob: Sendable {
        /// To answer a request.
        case exchange(ExchangeJob)
        /// To find something out before a request can be decided about.
        case later(@Sendable () async -> DoorDecision, LoopInbox<LoopMail>, exchange: UInt64, to: UInt64)

        var priority: TaskPriority? {
            if case .exchange(let job) = self { job.work.priority } else { nil }
        }

        func run() async {
            switch self {
            case .exchange(let job): await job.run()
            case .later(let work, let inbox, let exchange, let token):
                let decision = await work()
                inbox.post(.message(ExchangeMessage(exchange: exchange, content: .decided(decision)), to: token))
            }
        }
    }

    /// One request that a task answers.
    struct ExchangeJob: Sendable {
        let request: ArrivedRequest
        let channel: ResponseChannel
        let work: ResponseWork

        func run() async {
            await work.body(request, channel)
            // Whoever forgot to answer must not leave the client waiting.
            channel.breakOff()
        }
    }
#endif
