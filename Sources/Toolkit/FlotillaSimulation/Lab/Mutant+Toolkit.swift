internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage
internal import Synchronization

/// What every fleet relies on, whatever its services do.
extension Mutant {
    /// Each breaks one of them; the invariants of any scenario should notice.
    public static let common: [Mutant] = durability + delivery + heldMessages + leases + fences

    private static let durability: [Mutant] = [
        Mutant("drop-fsync", "Disks say that data is durable when it is not.", ignoresSyncs: true),
        Mutant(
            "half-rollback", "What a failed transaction has written stays.",
            statement: rewriting(Rewrite("ROLLBACK TO member", "ROLLBACK TO member", "SELECT 1"))),
        Mutant(
            "forget-outbox", "A restarted producer does not look for messages it had no time to send.",
            // The outbox then believes that it is empty and its memory complete.
            statement: rewriting(
                Rewrite("SELECT COALESCE((SELECT MAX(sequence) FROM outbox), 0)", "), 0)", ") * 0, 0)"))),
        Mutant(
            "publish-outside-transaction", "Messages are published a moment after their transaction, apart from it.",
            service: changing { parts, needs in publishLater(&parts, needs) }),
        Mutant(
            "drop-schedule", "Messages that were scheduled for later do not survive a restart.",
            service: changing { _, needs in
                _ = try await needs.database.write { try $0.execute("DELETE FROM scheduled") }
            }),
        Mutant(
            "forget-activities", "Work that was begun is not taken up again.",
            statement: rewriting(
                Rewrite("SELECT position, name, id, subject, input", "name = ?1 AND", "name = ?1 AND 0 AND"))),
    ]

    private static let delivery: [Mutant] = [
        Mutant("swap-messages", "Two messages of one subject change places.", broker: .swapsWithinSubject),
        Mutant("lose-messages", "The broker drops a message in a hundred.", broker: .losesMessages),
        Mutant(
            "ack-on-delivery", "The broker forgets what it has handed out, whether or not it was dealt with.",
            broker: .acknowledgesOnDelivery),
        Mutant(
            "ack-before-commit", "A consumer that comes back goes on after what it was given, not after what it did.",
            broker: .acknowledgesBeforeCommit),
        Mutant(
            "skip-inbox", "Consumers do not ask whether they have dealt with a message before.",
            statement: rewriting(
                Rewrite("SELECT sequence FROM watermarks", "SELECT sequence", "SELECT sequence * 0"))),
        Mutant(
            "forget-watermark", "Consumers keep the first of their positions and none after it.",
            statement: rewriting(
                Rewrite(
                    "INSERT INTO watermarks", "SET sequence = excluded.sequence",
                    "SET sequence = watermarks.sequence"))),
    ]

    private static let heldMessages: [Mutant] = [
        Mutant(
            "held-forgotten", "A message whose handler failed is not kept for another try.",
            statement: rewriting(
                Rewrite("INSERT INTO held", "VALUES (", "SELECT "),
                Rewrite("INSERT INTO held", "?16, ?17)", "?16, ?17 WHERE 0"))),
        Mutant(
            "held-overtaken", "Of the held messages about one thing, a later one may be tried before the first.",
            statement: rewriting(
                Rewrite(
                    "SELECT position, attempts, due, id",
                    "position = (SELECT MIN(position) FROM held WHERE consumer = h.consumer AND subject = h.subject)",
                    "position > 0"))),
    ]

    private static let isHeld = "SELECT 1 FROM leases WHERE name = ?1 AND token = ?2"

    /// They need a service with replicas.
    private static let leases: [Mutant] = [
        Mutant(
            "reuse-stale-lease", "A replica that has lost its lease goes on as if it had it.",
            statement: rewriting(
                Rewrite(isHeld, "token = ?2", "token >= ?2"),
                Rewrite("UPDATE leases SET expires = ?3", "token = ?2", "token >= ?2"))),
        Mutant(
            "same-token", "A lease that is taken over keeps its token: who has lost it passes for its holder.",
            statement: rewriting(Rewrite("INSERT INTO leases", "token = excluded.token, ", ""))),
    ]

    private static let fences: [Mutant] = [
        Mutant(
            "unfenced-incarnation", "A process that has died goes on for a while, beside the one that came after it.",
            isUnfenced: true)
    ]

    private static func publishLater(_ parts: inout ServiceParts, _ needs: ServiceNeeds) {
        let unsent = Unsent()
        parts.handlers = parts.handlers.map { handler in
            handler.wrapped { transaction, delivery, original in
                unsent.add(try original(transaction, delivery), Cause(delivery.message))
                return []
            }
        }
        parts.jobs.append(
            Job("publish-later", every: .seconds(2)) { _ in
                let messages = unsent.takeAll()
                guard !messages.isEmpty else { return }
                try await needs.database.write { transaction in
                    for (message, cause) in messages {
                        try needs.outbox.append([message], cause: cause, in: transaction)
                    }
                }
            })
    }

    /// Messages in memory, which a crash takes with it.
    private final class Unsent: Sendable {
        private let messages = Mutex<[(Outgoing, Cause)]>([])

        func add(_ outgoing: [Outgoing], _ cause: Cause) {
            messages.withLock { $0 += outgoing.map { ($0, cause) } }
        }

        func takeAll() -> [(Outgoing, Cause)] {
            messages.withLock { messages in
                defer { messages = [] }
                return messages
            }
        }
    }
}
