internal import FlotillaCore
@testable internal import FlotillaRuntime
internal import FlotillaStorage
internal import Testing

/// Who should do what: the same table gives every replica the same answer.
@Suite("The rota of replicas") struct RotaTests {
    private let now = Timestamp(seconds: 1_767_225_600)
    private let pieces = ["outbox", "consumer", "sagas"]

    private func entry(_ name: String, _ holder: String, _ token: Int64, expires seconds: Int64) -> LeaseTable.Entry {
        LeaseTable.Entry(Lease(name: name, holder: holder, token: token), expires: now + .seconds(seconds))
    }

    private func present(_ number: Int, for seconds: Int64 = 10) -> LeaseTable.Entry {
        entry("replica/mail-\(number)", "mail-\(number)", Int64(number), expires: seconds)
    }

    private func moves(
        of number: Int, _ entries: [LeaseTable.Entry], held: Set<String> = []
    ) -> [String: Rota.Move] {
        let moves = Rota(me: Replica("mail", number), pieces: pieces).moves(entries, held: held, now: now)
        return Dictionary(uniqueKeysWithValues: moves.map { ($0.piece, $0.1) })
    }

    @Test("gives each piece to one of those that are there")
    func shares() {
        let entries = [present(1), present(2)]
        #expect(moves(of: 1, entries) == ["outbox": .take, "consumer": .nothing, "sagas": .take])
        #expect(moves(of: 2, entries) == ["outbox": .nothing, "consumer": .take, "sagas": .nothing])
    }

    @Test("gives what a dead one held to others, not before it has run out")
    func takeover() {
        let held = entry("consumer", "mail-2", 7, expires: 3)
        #expect(moves(of: 1, [present(1), present(2), held])["consumer"] == .nothing)
        #expect(moves(of: 1, [present(1), present(2, for: -1), held])["consumer"] == .nothing)
        let expired = entry("consumer", "mail-2", 7, expires: 0)
        #expect(moves(of: 1, [present(1), present(2, for: -1), expired])["consumer"] == .take)
    }

    @Test("hands work over to one that has come back, and renews what stays")
    func handOver() {
        let (outbox, consumer) = (
            Lease(name: "outbox", holder: "mail-1", token: 8), Lease(name: "consumer", holder: "mail-1", token: 9)
        )
        let entries = [
            present(1), present(2), LeaseTable.Entry(outbox, expires: now + .seconds(9)),
            LeaseTable.Entry(consumer, expires: now + .seconds(9)),
        ]
        let moves = moves(of: 1, entries, held: ["outbox", "consumer"])
        #expect(moves == ["outbox": .renew, "consumer": .handOver, "sagas": .take])
    }

    @Test("takes at once what an earlier incarnation of the same replica held")
    func incarnation() {
        #expect(moves(of: 1, [present(1), entry("outbox", "mail-1", 3, expires: 8)])["outbox"] == .take)
    }

    @Test("counts a replica in that cannot see itself, by whatever clock")
    func alone() {
        #expect(moves(of: 2, []).values.allSatisfy { $0 == .take })
    }

    @Test("names the work nobody does")
    func forsaken() {
        let entries = [entry("outbox", "mail-1", 3, expires: -9), entry("consumer", "mail-1", 4, expires: -11)]
        let forsaken = Rota.forsaken(pieces, entries, now: now, grace: .seconds(10))
        #expect(forsaken == ["consumer", "sagas"])
    }
}
