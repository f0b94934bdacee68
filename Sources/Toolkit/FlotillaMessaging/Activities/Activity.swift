public import FlotillaCore
public import FlotillaStorage

/// Work that must wait for the outside, a payment provider or a mail server, and so cannot be done
/// in a transaction.
///
/// It is asked for durably, in the transaction that decides on it; done outside, possibly more than
/// once, so what it calls has to recognise the activity's ``ActivityTask/id``; and its result is
/// committed by a handler in a transaction of its own, exactly once.
public struct Activity: Sendable {
    /// Its name, unique in the service: `charge-card`.
    public let name: String
    /// How many of it may be under way at a time, whatever other activities do.
    public internal(set) var concurrencyMax: Int
    public internal(set) var policy: RedeliveryPolicy
    let perform: @Sendable (ActivityTask, CallContext) async throws -> [UInt8]
    let commit: @Sendable (Activities, Transaction, ActivityTask, Result<[UInt8], any Error>) throws -> [Outgoing]
    /// How long one try may take.
    public internal(set) var timeout: Duration
    /// What it was made with, once it goes by another.
    var ownPolicy: ActivityPolicy?

    /// - Parameters:
    ///   - perform: the work; a retryable ``DescribedError`` (or one that is not described) is tried
    ///     again by `policy`, any other error is final.
    ///   - commit: takes the result, or the final error, and returns the messages it causes.
    public init<Input: MessagePayload, Output: MessagePayload>(
        _ name: String, concurrencyMax: Int = 64, timeout: Duration = .seconds(30),
        policy: RedeliveryPolicy = RedeliveryPolicy(attemptsMax: 1_000, firstDelay: .milliseconds(200)),
        perform: @escaping @Sendable (Input, ActivityTask, CallContext) async throws -> Output,
        commit: @escaping @Sendable (Transaction, Input, ActivityTask, Result<Output, any Error>) throws -> [Outgoing]
    ) {
        self.init(name, concurrencyMax: concurrencyMax, timeout: timeout, policy: policy, perform: perform) {
            _, transaction, input, task, result in try commit(transaction, input, task, result)
        }
    }

    /// The same, where the result may lead to a further activity: `commit` is given the activities to ask it of.
    public init<Input: MessagePayload, Output: MessagePayload>(
        _ name: String, concurrencyMax: Int = 64, timeout: Duration = .seconds(30),
        policy: RedeliveryPolicy = RedeliveryPolicy(attemptsMax: 1_000, firstDelay: .milliseconds(200)),
        perform: @escaping @Sendable (Input, ActivityTask, CallContext) async throws -> Output,
        commit: @escaping @Sendable (
            Activities, Transaction, Input, ActivityTask, Result<Output, any Error>
        ) throws -> [Outgoing]
    ) {
        self.name = name
        self.concurrencyMax = concurrencyMax
        self.timeout = timeout
        self.policy = policy
        self.perform = { task, context in
            try await perform(try Input(messageBytes: task.input), task, context).messageBytes()
        }
        self.commit = { activities, transaction, task, result in
            let input = try Input(messageBytes: task.input)
            let output = result.flatMap { bytes in Result { try Output(messageBytes: bytes) } }
            return try commit(activities, transaction, input, task, output)
        }
    }
}

/// One thing an activity has to do.
public struct ActivityTask: Sendable {
    /// The same for every try: the idempotency key for what is outside.
    public let id: String
    /// What it is about; for people.
    public let subject: String
    public let input: [UInt8]
    /// 1 for the first try.
    public let attempt: Int
    let position: Int64
    let name: String
    /// What it was asked for by; what follows from it keeps its trace, its correlation and its saga.
    public let cause: Cause
}
