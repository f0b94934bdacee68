internal import FlotillaCore

/// The way from a command to charge to the provider's verdict.
extension Payment {
    /// The command to charge came again, perhaps with a card that replaces the last.
    ///
    /// A command about a card that was replaced already, come late, is answered by what has become of the present one.
    mutating func askedAgain(with card: OfferedCard, amount: Money) -> PaymentStep {
        guard !isClosed else { return tellCancelled(card) }
        switch status {
        case .captured: return .tell(.processed(isReply: true))
        case .pending:
            // Whichever card it will be, it is charged under the present key, and so once.
            replace(by: card)
            return .wait
        case .failed: return retried(with: card, amount: amount)
        case .refunding, .refunded, .voided, .cancelled: return tellCancelled(card)
        }
    }

    private mutating func tellCancelled(_ card: OfferedCard) -> PaymentStep {
        tokenVersion = max(tokenVersion, card.version)
        return .tell(.failed(.cancelled))
    }

    private mutating func retried(with card: OfferedCard, amount: Money) -> PaymentStep {
        let failure = failure ?? .cancelled
        let isReplaced = replace(by: card)
        if failure.isRetryable {
            guard token != nil else { return refuse(Failure(reason: "unknown-token", isRetryable: true)) }
            // The provider may have captured it, so the key stays: whichever card, it is charged once.
            status = .pending
            self.failure = nil
            return .charge
        }
        guard isReplaced, attempt < Self.attemptsMax else { return .tell(.failed(failure)) }
        guard Self.isPayable(amount) else { return .tell(.failed(.invalidAmount)) }
        guard token != nil else { return refuse(.unknownToken) }
        self.amount = amount
        takeNextKey()
        status = .pending
        self.failure = nil
        return .charge
    }

    /// - Returns: whether the card is a later one than the present.
    @discardableResult
    private mutating func replace(by card: OfferedCard) -> Bool {
        guard card.version > tokenVersion else { return false }
        tokenVersion = card.version
        token = card.isOwned ? card.token : nil
        return true
    }

    private mutating func refuse(_ failure: Failure) -> PaymentStep {
        self.failure = failure
        return .tell(.failed(failure))
    }

    /// Nothing was or will be captured under the present key.
    private mutating func takeNextKey() {
        attempt += 1
        askedVersion = tokenVersion
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
            let isReplaced = tokenVersion > askedVersion && !isClosed
            if isReplaced, token != nil, attempt < Self.attemptsMax {
                // That may have been the card before; the present one gets a key, and an answer, of its own.
                takeNextKey()
                return Settlement(chargesAgain: true)
            }
            let failure = isReplaced && token == nil ? .unknownToken : Failure(reason: reason, isRetryable: false)
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
