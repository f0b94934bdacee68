#if os(Linux)
    /// What answers a request, or a part of it, on its way from a task to the loop of the connection.
    struct ExchangeMessage: Sendable {
        enum Content: Sendable {
            /// The whole answer.
            case whole(AnswerHead, [UInt8])
            /// The beginning of an answer whose body comes in parts.
            case begin(AnswerHead)
            case part([UInt8])
            /// The body is whole.
            case end
            /// The rest of the answer will never come.
            case broken
            /// What had to be found out is found out.
            case decided(DoorDecision)
        }

        /// Which request of the connection it is about.
        var exchange: UInt64
        var content: Content
    }
#endif
