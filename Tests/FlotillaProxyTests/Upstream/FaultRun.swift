#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Synchronization

    /// What stands between the client and the upstream.
    enum FaultPolicy: Sendable, CaseIterable {
        /// Nothing but the patience of the upstream's limits.
        case none
        /// The answer must begin in time.
        case deadline
        /// Two attempts, the second one at a healthy instance.
        case retry
        /// Opens at two failures in a row.
        case breaker
        /// Ejects at two failures in a row; a healthy instance has every second turn.
        case outliers

        /// So many requests are sent, one after the other.
        var requests: Int {
            switch self {
            case .none, .deadline, .retry: 2
            case .breaker: 4
            case .outliers: 6
            }
        }

        var hasHealthyInstance: Bool { self == .retry || self == .outliers }
    }

    /// What became of the requests.
    struct FaultOutcome: Sendable, Equatable, CustomStringConvertible {
        /// What the client got, one word a request: a status, or `cut` for an answer that is not whole.
        var answers: String
        /// What the watcher was told, one word for each forwarded request: `200×2` or `200+timeout×1`.
        var ends: String
        /// State of the breaker, `ejected`, or nothing.
        var state: String

        init(_ answers: String, _ ends: String, _ state: String = "") {
            (self.answers, self.ends, self.state) = (answers, ends, state)
        }

        var description: String { "(\"\(answers)\", \"\(ends)\", \"\(state)\")" }
    }

    /// Plays one misbehaviour against one policy.
    struct FaultRun: Sendable {
        let fault: Misbehaviour
        let policy: FaultPolicy
        private let world = World.system()
        private let ends = EndRecorder()

        init(_ fault: Misbehaviour, _ policy: FaultPolicy) { (self.fault, self.policy) = (fault, policy) }

        func outcome() async throws -> FaultOutcome {
            let bad = try TestUpstream(isListening: fault != .refuses) { fault.play($0) }
            // Whose address comes last is asked first.
            let good = try TestUpstream.healthy(before: policy.hasHealthyInstance ? bad.address : nil)
            return try await bad.during { bad in
                try await good.during { good in
                    try await run(bad.address, policy.hasHealthyInstance ? good.address : nil)
                }
            }
        }

        private func run(_ bad: String, _ good: String?) async throws -> FaultOutcome {
            let upstream = try upstream([bad] + (good.map { [$0] } ?? []))
            let callGuard = callPolicy.map { CallGuard(target: "test → backend", policy: $0, world: world) }
            var door = TestDoor { _, _ in
                var forward = Forward(upstream)
                let now = world.time.uptime
                if policy == .deadline { forward.deadline = now + timeToAnswer }
                guard let callGuard else {
                    forward.watcher = ends
                    return .forward(forward)
                }
                do throws(ServiceError) {
                    try forward.admit(by: callGuard, now: now, then: ends)
                    return .forward(forward)
                } catch {
                    return .answer(ReadyAnswer(AnswerHead(status: 503), Array(error.slug.utf8)))
                }
            }
            door.status = { refusal in
                if case .upstream(let failure) = refusal { failure.kind.status } else { 499 }
            }
            let answers = try await withLoopServer(door) { port in
                try (0..<policy.requests).map { _ in try Self.ask(port) }
            }
            let isEjected = upstream.snapshot().endpoints.contains {
                if case .ejected = $0.state { $0.instance.address == bad } else { false }
            }
            let breaker = callGuard?.snapshot().breaker.map { "\($0.state)" }
            return FaultOutcome(
                answers.joined(separator: " "), ends.all.joined(separator: " "),
                breaker ?? (isEjected ? "ejected" : ""))
        }

        /// Far more than what is quick takes on a busy machine, or so little that whoever takes time takes too much.
        private var patience: Duration { fault.takesTime ? .seconds(1) : .seconds(20) }

        /// The same for the answer's head.
        private var timeToAnswer: Duration { fault == .isSilentInBody ? .seconds(20) : patience }

        private func upstream(_ instances: [String]) throws -> Upstream {
            var limits = UpstreamLimits()
            // Where the policy does not end it, the patience with silence does; a byte now and then is no silence.
            let isBounded = policy == .deadline || policy == .retry
            let isPatient = isBounded && fault != .isSilentInBody || fault == .isSlow
            limits.answerTimeout = isPatient ? .seconds(20) : patience
            let outliers = policy == .outliers ? OutlierPolicy(consecutiveFailures: 2) : nil
            return try Upstream(
                "backend", instances: instances, limits: limits,
                balancer: BalancerPolicy(algorithm: .roundRobin, slowStart: nil), outliers: outliers, world: world)
        }

        private var callPolicy: CallPolicy? {
            switch policy {
            case .retry:
                CallPolicy(
                    name: "test", timeout: timeToAnswer, retry: RetryPolicy(attemptsMax: 2), breaker: nil,
                    bulkhead: nil)
            case .breaker:
                CallPolicy(
                    name: "test", timeout: .seconds(20), retry: nil,
                    breaker: BreakerPolicy(trip: .consecutive(failures: 2), openFor: .seconds(60)), bulkhead: nil)
            default: nil
            }
        }

        /// One request on a connection of its own.
        private static func ask(_ port: Int) throws -> String {
            let client = try PlainClient(port: port)
            client.send("GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
            let answer = client.readAll()
            let whole = ["\r\n\r\nok", "\r\n\r\nbusy", "\r\n\r\nbroken", "circuit-open", "upstream"]
            guard answer.hasPrefix("HTTP/1.1 "), whole.contains(where: answer.contains) else { return "cut" }
            return String(answer.dropFirst(9).prefix(3))
        }
    }

    /// Remembers how forwarded requests ended, and repeats nothing.
    final class EndRecorder: ForwardWatcher {
        private let ends = Mutex<[ForwardEnd]>([])
        private let repeats: Int
        private let asked = Atomic(0)

        /// - Parameter repeats: so many times it lets a request be sent again, over all.
        init(repeats: Int = 0) { self.repeats = repeats }

        var all: [String] { ends.withLock { $0.map(\.word) } }
        var last: ForwardEnd? { ends.withLock { $0.last } }
        /// How often it was asked whether to repeat.
        var questions: Int { asked.load(ordering: .sequentiallyConsistent) }

        func mayRepeat(after end: ForwardEnd) -> Bool {
            asked.add(1, ordering: .sequentiallyConsistent).newValue <= repeats
        }

        func ended(_ end: ForwardEnd) { ends.withLock { $0.append(end) } }
    }

    extension ForwardEnd {
        /// `200×1`, `200+timeout×1`, `brokenOff×2`, `gone×1`.
        var word: String {
            var parts = status.map { ["\($0)"] } ?? []
            if let failure { parts.append("\(failure)") }
            if isAbandoned { parts.append("gone") }
            if let refusal { parts.append("\(refusal)") }
            return "\(parts.joined(separator: "+"))×\(attempts)"
        }
    }

    extension TestUpstream {
        /// Answers everything, unless `script` does something else.
        ///
        /// - Parameter address: its own comes before this in the order of texts; nil: that does not matter.
        static func healthy(
            before address: String? = nil,
            _ script: @escaping @Sendable (Peer) -> Void = { peer in
                while !peer.read().isEmpty { peer.send(Misbehaviour.ok) }
            }
        ) throws -> TestUpstream {
            // The system gives out other ports than those that are taken, some of them lower.
            var refused: [TestUpstream] = []
            for _ in 0..<1_000 {
                let one = try TestUpstream(script)
                if address.map({ one.address < $0 }) ?? true { return one }
                refused.append(one)
            }
            throw SystemFailure("no port below \(address ?? "")")
        }
    }
#endif
