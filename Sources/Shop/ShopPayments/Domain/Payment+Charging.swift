internal import FlotillaCore

/// The way from a command to charge to the provider's verdict.
extension Payment {
    /// The command to charge came again, perhaps with another card.
    ///
    /// - Parameter isOwned: whether the token is one of the order's user.
    mutating func askedAgain(with token: CardToken?, isOwned: Bool, amount: Money) -> PaymentStep {
        guard !isClosed else { return .tell(.failed(.cancelled)) }
        switch status {
        case .captured: return .tell(.processed(isReply: true))
        case .pending:
            if isOwned { self.token = token }
            return .wait
        case .failed: return retried(with: token, isOwned: isOwned, amount: amount)
        case .refunding, .refunded, .voided, .cancelled: return .tell(.failed(.cancelled))
        }
    }

    private mutating func retried(with token: CardToken?, isOwned: Bool, amount: Money) -> PaymentStep {
        let failure = failure ?? .cancelled
        if failure.isRetryable {
            // The provider may have captured it, so the key stays: whichever card, it is charged once.
            if isOwned { self.token = token }
            status = .pending
            self.failure = nil
            return .charge
        }
        guard token != self.token, attempt < Self.attemptsMax else { return .tell(.failed(failure)) }
        guard Self.isPayable(amount) else { return .tell(.failed(.invalidAmount)) }
        self.token = token
        guard isOwned else {
            self.failure = .unknownToken
            return .tell(.failed(.unknownToken))
        }
        attempt += 1
        self.amount = amount
        status = .pending
        self.failure = nil
        return .charge
    }

    /// The provider answered a charge.
    mutating func settle(_ answer: ChargeAnswer) -> Settlement {
        // A refund that was faster has settled both.
        guard status == .pending else { return Settlement() }
        switch answer {
        case .captured:
            status = .captured
            return Settlement(events: [.processed(isReply: true)], movements: [.capture])
        case .declined(let reason):
            let failure = Failure(reason: reason, isRetryable: false)
            self.failure = failure
            status = .failed
            return Settlement(events: [.failed(failure)])
        case .voided:
            status = .voided
            return Settlement(events: [.failed(.cancelled)])
        case .overtaken: return Settlement()
        }
    }

    /// The provider could not be asked, for as long as we tried. It may have captured the money all the same.
    mutating func chargeFailed(_ reason: String) -> Settlement {
        guard status == .pending else { return Settlement() }
        let failure = Failure(reason: reason, isRetryable: true)
        self.failure = failure
        status = .failed
        return Settlement(events: [.failed(failure)])
    }
}

/// What the provider said about a charge.
enum ChargeAnswer: Sendable, Equatable {
    /// - Parameter reference: the provider's own name for it.
    case captured(reference: String)
    /// - Parameter reason: kebab-case: `card-declined`.
    case declined(reason: String)
    /// The charge had been called off before.
    case voided
    /// The provider was not asked: the payment was settled by somebody else meanwhile.
    case overtaken
}
