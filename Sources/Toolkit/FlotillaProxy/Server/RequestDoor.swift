#if os(Linux)
    /// Decides what becomes of each request that comes to a ``LoopServer``.
    ///
    /// It is asked on the threads of the loops, so everything on these threads waits while it thinks: it must not
    /// block, and should take a few microseconds at most.
    public protocol RequestDoor: Sendable {
        /// What is to become of a request whose head has come. Called once, or once more after
        /// ``DoorDecision/collect``.
        func decide(_ request: borrowing RequestView) -> DoorDecision

        /// The answer to a request that cannot be taken, whatever it asks for; to be counted here, once.
        ///
        /// - Parameter request: nil when it could not be read.
        func refuse(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer
    }

    /// What is to become of a request.
    public enum DoorDecision: Sendable {
        /// It is passed on as it comes, and the answer back as it comes, without leaving the loop's thread.
        case forward(Forward)
        /// It is answered at once. What has not come of its body yet is thrown away.
        case answer(ReadyAnswer)
        /// To be asked again when the body is here.
        case collect
        /// It is answered by a task when its body is here.
        case task(ResponseWork)
        /// Something has to be found out first that the loop's thread must not wait for; what is returned holds. It
        /// runs as a child of ``LoopServer/run()`` and is cancelled when a drain takes too long.
        case later(@Sendable () async -> DoorDecision)
    }

    extension DoorDecision {
        /// It is answered by a task when its body is here. The task is a child of ``LoopServer/run()`` and is cancelled
        /// when a drain takes too long.
        ///
        /// - Parameter priority: the one of the task: who waits longest for a processor when there is much to do.
        public static func respond(
            priority: TaskPriority = .medium,
            _ body: @escaping @Sendable (ArrivedRequest, ResponseChannel) async -> Void
        ) -> DoorDecision {
            .task(ResponseWork(priority: priority, body: body))
        }
    }

    /// What a task does about a request.
    public struct ResponseWork: Sendable {
        let priority: TaskPriority
        let body: @Sendable (ArrivedRequest, ResponseChannel) async -> Void
    }

    /// A whole answer.
    public struct ReadyAnswer: Sendable {
        public var head: AnswerHead
        public var body: [UInt8]

        public init(_ head: AnswerHead, _ body: [UInt8]) {
            self.head = head
            self.body = body
        }
    }

    /// Why a request is not taken.
    public enum RequestRefusal: Sendable, Hashable {
        /// What was sent is no request, or one that is not to be passed on.
        case unreadable(WireRefusal)
        /// The connection ended in the middle of the request.
        case incomplete
        /// Longer than ``ConnectionLimits/targetBytesMax``.
        case targetTooLong
        /// Longer than ``ConnectionLimits/bodyBytesMax``.
        case bodyTooLong
        /// The head took longer than ``ConnectionLimits/headTimeout``.
        case headTooSlow
        /// The body took longer than ``ConnectionLimits/bodyTimeout``.
        case bodyTooSlow
        /// It was to be forwarded, and there is no answer to it.
        case upstream(UpstreamFailure)
    }
#endif
