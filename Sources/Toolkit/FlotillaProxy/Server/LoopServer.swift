#if os(Linux)
    public import FlotillaCore

    /// Serves a ``RequestDoor`` over HTTP/1.1 and HTTP/2 on a TCP port, with TLS or without, by threads of its own that
    /// wait for nothing but sockets.
    ///
    /// What a door answers itself costs a few microseconds: no task, no lock, no copy of the request. What it gives to
    /// tasks is handed over once in a turn of the loop, and so are the answers.
    public struct LoopServer: Sendable {
        private let door: any RequestDoor
        private let host: String
        private let port: Int
        private let threads: Int
        private let limits: ConnectionLimits
        private let tls: TLSContext?
        private let world: World
        private let onListening: @Sendable (Int) -> Void

        /// - Parameters:
        ///   - host: the address to listen on.
        ///   - port: 0 for any free one.
        ///   - threads: 1 to 256. The system spreads connections over them; each stays on its thread.
        ///   - tls: nil: no TLS is spoken. Then HTTP/2 is for clients that know it beforehand (RFC 9113, section 3.3).
        ///   - onListening: called once, with the actual port, when connections are accepted.
        public init(
            door: any RequestDoor, host: String = "127.0.0.1", port: Int, threads: Int = 1,
            limits: ConnectionLimits = ConnectionLimits(), tls: TLSContext? = nil, world: World,
            onListening: @escaping @Sendable (Int) -> Void = { _ in }
        ) {
            precondition((1...256).contains(threads), "\(threads) threads; allowed are 1 to 256")
            self.door = door
            self.host = host
            self.port = port
            self.threads = threads
            self.limits = limits
            self.tls = tls
            self.world = world
            self.onListening = onListening
        }

        /// Raises the process's limit of open files to what the system allows, for each connection is one.
        ///
        /// Serves until the task is cancelled; then takes no more connections, ends streams, lets requests
        /// under way finish within ``ConnectionLimits/drainTimeout``, and returns.
        ///
        /// - Throws: ``ServiceError`` `port-in-use` or `cannot-listen` when the port cannot be had.
        public func run() async throws {
            try await withCancellationNotice { notice in try await serve(until: notice) }
        }

        private func serve(until notice: CancellationNotice) async throws {
            let shares = try open()
            let (jobs, jobSink) = AsyncStream.makeStream(of: [LoopJob].self)
            onListening(shares[0].listening.port)
            await withTaskGroup(of: Bool.self) { group in
                for share in shares {
                    group.addTask {
                        await LoopThread.run("flotilla-loop") { work(share, jobSink) }
                        return true
                    }
                }
                // Ahead of the requests: what has just come may be more urgent than what waits already.
                group.addTask(priority: .high) {
                    await Self.run(jobs)
                    return false
                }
                group.addTask {
                    await notice.received()
                    if notice.isGiven { for share in shares { share.inbox.post(.drain(limits.drainTimeout)) } }
                    return false
                }
                // The ends of all loops are the end. What they have not waited for is cancelled.
                var running = shares.count
                while running > 0, let isLoop = await group.next() { running -= isLoop ? 1 : 0 }
                jobSink.finish()
                group.cancelAll()
            }
        }

        private func open() throws(ServiceError) -> [Share] {
            OpenFiles.raiseLimit()
            let sockets = try ListeningSocket.open(host: host, port: port, count: threads)
            do {
                var shares: [Share] = []
                for socket in sockets { shares.append(try Share(socket)) }
                return shares
            } catch {
                for socket in sockets { socket.close() }
                throw ServiceError(
                    .unavailable, "cannot-listen", "Cannot serve on \(host):\(port): \(error.text).", cause: error)
            }
        }

        /// What one thread begins with.
        private struct Share: Sendable {
            let listening: ListeningSocket
            /// Made before the thread, so that mail can be left for it at any time.
            let wake: LoopWake
            let inbox: LoopInbox<LoopMail>

            init(_ listening: ListeningSocket) throws(SystemFailure) {
                self.listening = listening
                wake = try LoopWake()
                inbox = LoopInbox(bell: wake.bell)
            }
        }

        /// The life of one thread.
        private func work(_ share: Share, _ jobs: AsyncStream<[LoopJob]>.Continuation) {
            let loop = EventLoop(epoll: share.wake.epoll, inbox: share.inbox, time: world.time)
            let server = ServerLoop(
                loop, door: door, limits: limits, tls: tls, inbox: share.inbox, time: world.time, jobs: jobs)
            let listener = Listener(server, share.listening, connectionsMax: max(1, limits.connectionsMax / threads))
            listener.listen()
            // The loop knows its members only, and outlives the last of them by a moment.
            withExtendedLifetime((server, listener)) { loop.run() }
            server.end()
        }

        private static func run(_ jobs: AsyncStream<[LoopJob]>) async {
            await withDiscardingTaskGroup { group in
                for await batch in jobs {
                    for job in batch { group.addTask(priority: job.priority) { await job.run() } }
                }
            }
        }
    }
#endif
