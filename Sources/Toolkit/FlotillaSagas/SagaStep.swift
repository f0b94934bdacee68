public import FlotillaCore
public import FlotillaMessaging
public import FlotillaStorage

/// One step of a saga: a request to a participant, or something done in the saga's own database.
public struct SagaStep<State: MessagePayload>: Sendable {
    public enum Kind: Sendable {
        /// Can be taken back by its compensation.
        case compensatable
        /// The point of no return: when it is done, the saga will be completed.
        case pivot
        /// After the pivot: tried until it succeeds.
        case retriable
    }

    /// Kebab-case, unique in the saga: `reserve-items`.
    public let id: String
    /// What it does, for people: `ReserveItems`.
    public let name: String
    /// Who does it.
    public let service: String
    public let kind: Kind
    public let compensation: SagaCompensation<State>?
    let action: SagaAction<State>

    /// A request to another service, answered by a message.
    ///
    /// - Parameters:
    ///   - compensation: what takes it back; also run when it is not known whether the step was done.
    public init(
        _ id: String, name: String, service: String, kind: Kind = .compensatable,
        exchange: SagaExchange<State>, compensation: SagaCompensation<State>? = nil
    ) {
        self.id = id
        self.name = name
        self.service = service
        self.kind = kind
        self.action = .remote(exchange)
        self.compensation = compensation
    }

    /// Something done at once, in the transaction of the saga itself.
    public init(
        _ id: String, name: String, service: String, kind: Kind = .compensatable,
        compensation: SagaCompensation<State>? = nil,
        local perform: @escaping @Sendable (Transaction, inout State, SagaRun) throws -> [Outgoing]
    ) {
        self.id = id
        self.name = name
        self.service = service
        self.kind = kind
        self.action = .local(perform)
        self.compensation = compensation
    }
}

/// What takes a step back.
public struct SagaCompensation<State: MessagePayload>: Sendable {
    public let name: String
    let action: SagaAction<State>

    /// A request to the step's service. It has to be answered well also when the step was never done.
    public init(_ name: String, exchange: SagaExchange<State>) {
        self.name = name
        self.action = .remote(exchange)
    }

    /// Something done at once, in the transaction of the saga itself.
    public init(
        _ name: String,
        local perform: @escaping @Sendable (Transaction, inout State, SagaRun) throws -> [Outgoing]
    ) {
        self.name = name
        self.action = .local(perform)
    }
}

enum SagaAction<State: MessagePayload>: Sendable {
    case local(@Sendable (Transaction, inout State, SagaRun) throws -> [Outgoing])
    case remote(SagaExchange<State>)
}

/// A command and the messages that answer it.
public struct SagaExchange<State: MessagePayload>: Sendable {
    let command: @Sendable (State, SagaRun) throws -> Outgoing
    let replies: [SagaReply<State>]
    /// Without an answer for this long the command is sent again; the pause doubles up to ten minutes.
    let resendAfter: Duration
    /// Without an answer for this long the step counts as failed. A retriable step never does.
    let giveUpAfter: Duration

    public init(
        resendAfter: Duration = .seconds(30), giveUpAfter: Duration = .seconds(600),
        command: @escaping @Sendable (State, SagaRun) throws -> Outgoing,
        @SagaReplies<State> replies: () -> [SagaReply<State>]
    ) {
        self.command = command
        self.replies = replies()
        self.resendAfter = resendAfter
        self.giveUpAfter = giveUpAfter
    }
}

/// Lists the replies of an exchange, one a line.
@resultBuilder
public enum SagaReplies<State: MessagePayload> {
    public static func buildBlock(_ replies: SagaReply<State>...) -> [SagaReply<State>] { replies }
}

/// A message that answers a command, and what it means.
public struct SagaReply<State: MessagePayload>: Sendable {
    let type: String
    let take: @Sendable (Transaction, inout State, SagaRun, [UInt8]) throws -> SagaVerdict

    /// The step is done. `body` may remember things in the state, write to the database and return messages.
    public static func done<Payload: MessagePayload>(
        _ payload: Payload.Type,
        _ body: @escaping @Sendable (Transaction, inout State, SagaRun, Payload) throws -> [Outgoing] = {
            _, _, _, _ in []
        }
    ) -> SagaReply {
        SagaReply(type: Payload.messageType) { transaction, state, run, bytes in
            .done(try body(transaction, &state, run, try Payload(messageBytes: bytes)))
        }
    }

    /// The step is refused, for the reason `body` returns (kebab-case).
    public static func refused<Payload: MessagePayload>(
        _ payload: Payload.Type,
        _ body: @escaping @Sendable (Transaction, inout State, SagaRun, Payload) throws -> String
    ) -> SagaReply {
        SagaReply(type: Payload.messageType) { transaction, state, run, bytes in
            .refused(reason: try body(transaction, &state, run, try Payload(messageBytes: bytes)))
        }
    }

    /// What the message means depends on what is in it: `body` says.
    public static func judged<Payload: MessagePayload>(
        _ payload: Payload.Type,
        _ body: @escaping @Sendable (Transaction, inout State, SagaRun, Payload) throws -> SagaVerdict
    ) -> SagaReply {
        SagaReply(type: Payload.messageType) { transaction, state, run, bytes in
            try body(transaction, &state, run, try Payload(messageBytes: bytes))
        }
    }
}

/// What a reply means for the step it answers. The messages that go with it are sent first.
public enum SagaVerdict: Sendable {
    case done([Outgoing] = [])
    /// - Parameter reason: kebab-case.
    case refused(reason: String, [Outgoing] = [])
    /// Nothing: it answers a command that another has replaced since, and the step waits on.
    ///
    /// Whoever says so has written nothing, and what the body changed in the state is not kept.
    case ignored
}

/// What a step may know of the saga it belongs to.
public struct SagaRun: Sendable {
    public let id: String
    /// The ID of the thing the saga is about: the order.
    public let subject: String
    /// Why the saga is being taken back; empty on the way forward.
    public let reason: String
    public let now: Timestamp
    /// The chain of causes the saga belongs to.
    public let correlationID: String
}
