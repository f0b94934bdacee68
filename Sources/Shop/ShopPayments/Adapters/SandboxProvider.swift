internal import FlotillaCore
internal import FlotillaStorage

/// Stands in for a payment company: outside of the service, so with books of its own.
///
/// Its books are a database file beside the service's, and survive a crash as another company's
/// would. A key is charged once; the same key gets the same answer. It keeps the last four digits of
/// a card and nothing more of it.
struct SandboxProvider: PaymentProvider {
    private let books: Database
    private let world: World
    private let latency: Duration

    /// - Parameters:
    ///   - folder: where `provider.sqlite` is, or will be.
    ///   - latency: how long each answer takes.
    init(folder: String, world: World, latency: Duration, options: Database.Options) throws {
        books = try Database(
            path: folder + "/provider.sqlite", migrations: [SandboxBooks.migrations], world: world, options: options)
        self.world = world
        self.latency = latency
    }

    func charge(_ charge: Charge, context: CallContext) async throws -> ChargeAnswer {
        try await travel(context)
        let (reference, now) = ("ch_" + world.ids.make(), world.now)
        let reaction = try await books.write { transaction in
            try Self.react(to: charge, newReference: reference, at: now, in: transaction)
        }
        switch reaction {
        case .answer(let answer): return answer
        case .error:
            throw ServiceError(.unavailable, "provider-error", "The payment provider had an error; it is asked again.")
        case .silence:
            throw ServiceError(.timeout, "provider-timeout", "The payment provider did not answer; it is asked again.")
        case .keyMisused:
            throw ServiceError(
                .conflict, "provider-key-misused", "The payment provider knows this key with another amount.")
        }
    }

    func refund(chargeKey: String, context: CallContext) async throws -> RefundAnswer {
        try await travel(context)
        let (reference, now) = ("re_" + world.ids.make(), world.now)
        return try await books.write { transaction in
            let entry = try SandboxBooks.find(chargeKey, in: transaction)
            switch entry?.status {
            case .captured where entry?.card == .refundRefused: return .refused(reason: "refund-not-possible")
            case .captured:
                try SandboxBooks.refund(chargeKey, reference: reference, at: now, in: transaction)
                return .refunded(reference: reference)
            case .refunded: return .refunded(reference: entry?.refundReference ?? "")
            case .declined, .voided: return .nothingCharged
            case .failing, nil:
                // From now on the key cannot be charged, also when the charge is still on its way.
                try SandboxBooks.void(chargeKey, at: now, in: transaction)
                return .nothingCharged
            }
        }
    }

    func checkReachable() async throws {
        _ = try await books.read { try SandboxBooks.find("", in: $0) }
    }

    private func travel(_ context: CallContext) async throws {
        guard latency > .zero else { return }
        guard latency < context.deadline.remaining(on: world.time) else {
            try await world.time.sleep(for: context.deadline.remaining(on: world.time))
            throw ServiceError(.timeout, "provider-timeout", "The payment provider did not answer in time.")
        }
        try await world.time.sleep(for: latency)
    }

    /// What the caller is to see of it.
    private enum Reaction: Sendable {
        case answer(ChargeAnswer)
        case error
        /// It was done, and the caller is not told.
        case silence
        case keyMisused
    }

    private static func react(
        to charge: Charge, newReference: String, at now: Timestamp, in transaction: Transaction
    ) throws -> Reaction {
        let known = try SandboxBooks.find(charge.key, in: transaction)
        if let known {
            guard known.status == .voided || known.amount == charge.amount else { return .keyMisused }
            switch known.status {
            case .captured, .refunded: return .answer(.captured(reference: known.reference))
            case .declined: return .answer(.declined(reason: known.reason))
            case .voided: return .answer(.voided)
            case .failing: break
            }
        }
        let card = TestCard(charge.card.number)
        var entry = SandboxBooks.Entry(
            key: charge.key, status: .captured, card: card, amount: charge.amount,
            last4: charge.card.number.last4, tries: (known?.tries ?? 0) + 1)
        switch card {
        case .paid, .answerLost, .refundRefused: entry.reference = newReference
        case .failsTwice:
            if entry.tries < 3 { entry.status = .failing } else { entry.reference = newReference }
        case .declined: entry.decline("card-declined")
        case .insufficientFunds: entry.decline("insufficient-funds")
        }
        try SandboxBooks.save(entry, at: now, in: transaction)
        switch entry.status {
        case .failing: return .error
        case .declined: return .answer(.declined(reason: entry.reason))
        default: return card == .answerLost ? .silence : .answer(.captured(reference: entry.reference))
        }
    }
}
