internal import FlotillaCore
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

/// Plays commands, provider's answers and lost answers in any order, against a provider that knows the truth.
private struct PaymentModel {
    private(set) var payment: Payment?
    private(set) var ledger: [Movement] = []
    private(set) var events: [PaymentEvent] = []
    private var isCharging = false
    /// An answer of the provider that is on its way, with the key it was asked under.
    private var underWay: (key: String, answer: ChargeAnswer)?
    private var version = 0
    private var isRefunding = false
    /// What the provider has in its books, by key.
    private(set) var books: [String: SandboxBooks.Status] = [:]
    private let tokens = ["tok_a", "tok_b"].map { CardToken(unchecked: $0) }
    private let amount = Money(amount: 100, currency: "USD")
    private let start = Timestamp(seconds: 1)

    var captures: Int { books.values.count { $0 == .captured } }
    var isIdle: Bool { !isCharging && !isRefunding }

    /// - Parameter isNew: whether the card replaces the last one; otherwise the command is a repeated or late one.
    mutating func process(token index: Int, isNew: Bool = false, isOwned: Bool = true) {
        if isNew { version += 1 }
        let card = OfferedCard(token: tokens[index], version: version, isOwned: isOwned)
        let step: PaymentStep
        if payment != nil {
            step = payment?.askedAgain(with: card, amount: amount) ?? .wait
        } else {
            payment = .asked(
                PaymentID(unchecked: "p"), orderID: OrderID(unchecked: "o"), userID: UserID(unchecked: "u"),
                amount: amount, card: card, at: start)
            step = isOwned ? .charge : .tell(.failed(.unknownToken))
        }
        follow(step)
    }

    mutating func refund() {
        if payment == nil { payment = .neverAsked(orderID: OrderID(unchecked: "o"), at: start) }
        follow(payment?.askedToRefund() ?? .wait)
    }

    /// The charge's activity reaches the provider, whose answer may get lost, or be a while on its way.
    mutating func reachCharge(declines: Bool, losesAnswer: Bool, isSlow: Bool = false) {
        if let (_, answer) = underWay {
            underWay = nil
            return settle(answer)
        }
        guard isCharging, let key = payment?.chargeKey, payment?.status == .pending else {
            isCharging = false
            return
        }
        guard payment?.token != nil else { return giveUpCharge() }
        if books[key] == nil { books[key] = declines ? .declined : .captured }
        guard !losesAnswer else { return }
        let answer: ChargeAnswer =
            switch books[key] {
            case .captured, .refunded: .captured(reference: "ch")
            case .voided: .voided
            default: .declined(reason: "card-declined")
            }
        if isSlow {
            underWay = (key, answer)
        } else {
            settle(answer)
        }
    }

    private mutating func settle(_ answer: ChargeAnswer) {
        isCharging = false
        let settlement = payment?.settle(answer)
        take(settlement)
        isCharging = settlement?.chargesAgain == true
    }

    mutating func giveUpCharge() {
        guard isCharging, underWay == nil else { return }
        isCharging = false
        take(payment?.chargeFailed("provider-unavailable"))
    }

    mutating func reachRefund(losesAnswer: Bool) {
        guard isRefunding, let key = payment?.chargeKey else { return }
        let answer: RefundAnswer
        switch books[key] {
        case .captured, .refunded:
            books[key] = .refunded
            answer = .refunded(reference: "re")
        case nil:
            books[key] = .voided
            answer = .nothingCharged
        default: answer = .nothingCharged
        }
        guard !losesAnswer else { return }
        isRefunding = false
        take(payment?.settle(answer))
    }

    mutating func giveUpRefund() {
        guard isRefunding else { return }
        isRefunding = false
        take(payment?.refundFailed("provider-unavailable"))
    }

    private mutating func follow(_ step: PaymentStep) {
        switch step {
        case .charge: isCharging = true
        case .refund: isRefunding = true
        case .tell(let event): events.append(event)
        case .wait: break
        }
    }

    private mutating func take(_ settlement: Settlement?) {
        guard let settlement else { return }
        events += settlement.events
        for movement in settlement.movements where !ledger.contains(movement) { ledger.append(movement) }
    }
}

@Suite("The rules of a payment") struct PaymentModelTests {
    @Test("in every order of commands, answers and losses the books of both sides agree")
    func anyOrder() {
        for seed in 0..<400 { play(seed: UInt64(seed)) }
    }

    private func play(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var model = PaymentModel()
        for _ in 0..<40 {
            switch random.int(in: 0...8) {
            case 0, 1:
                model.process(
                    token: random.int(in: 0...1), isNew: random.int(in: 0...1) == 0,
                    isOwned: random.int(in: 0...7) > 0)
            case 2: if random.int(in: 0...3) == 0 { model.refund() }
            case 3, 4:
                model.reachCharge(
                    declines: random.int(in: 0...2) == 0, losesAnswer: random.int(in: 0...1) == 0,
                    isSlow: random.int(in: 0...2) == 0)
            case 5: model.giveUpCharge()
            case 6, 7: model.reachRefund(losesAnswer: random.int(in: 0...1) == 0)
            default: model.giveUpRefund()
            }
            #expect(model.captures <= 1, "seed \(seed): charged twice")
            #expect(model.ledger != [.refund], "seed \(seed): given back before it came in")
        }
        // A customer who calls off gets everything back in the end.
        model.refund()
        for _ in 0..<4 {
            model.reachCharge(declines: false, losesAnswer: false)
            model.reachRefund(losesAnswer: false)
            model.refund()
        }
        #expect(model.isIdle, "seed \(seed)")
        #expect(model.captures == 0, "seed \(seed): money stayed at the provider's")
        #expect(model.ledger.isEmpty || model.ledger == [.capture, .refund], "seed \(seed)")
        #expect(model.books.values.count { $0 == .refunded } == model.ledger.count / 2, "seed \(seed)")
        #expect(model.events.last == (model.ledger.isEmpty ? .nothingToRefund : .refunded), "seed \(seed)")
        // And from then on nothing is charged.
        model.process(token: 0)
        #expect(model.events.last == .failed(.cancelled), "seed \(seed)")
        #expect(model.isIdle, "seed \(seed)")
    }

    @Test("each capture and each refund is told once as it happens")
    func told() {
        for seed in 400..<600 {
            let random = SeededRandom(seed: UInt64(seed))
            var model = PaymentModel()
            model.process(token: 0)
            if random.int(in: 0...1) == 0 {
                model.reachCharge(declines: false, losesAnswer: random.int(in: 0...1) == 0)
            }
            model.refund()
            for _ in 0..<20 {
                if random.int(in: 0...1) == 0 {
                    model.reachCharge(declines: false, losesAnswer: random.int(in: 0...1) == 0)
                } else {
                    model.reachRefund(losesAnswer: random.int(in: 0...1) == 0)
                }
            }
            model.reachCharge(declines: false, losesAnswer: false)
            model.reachRefund(losesAnswer: false)
            let processed = model.events.count { if case .processed = $0 { true } else { false } }
            let refunded = model.events.count { $0 == .refunded }
            #expect(processed == refunded, "seed \(seed): \(model.events)")
            #expect(processed <= 1)
        }
    }
}
