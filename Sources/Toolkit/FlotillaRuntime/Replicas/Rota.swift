internal import FlotillaCore
internal import FlotillaStorage

/// Which replica should do which piece of work: the same table gives every replica the same answer, so nobody leads.
///
/// The pieces are dealt out in turn to the replicas that are present. Replicas that see the table at different times,
/// or by wrong clocks, may disagree for a while; then a piece waits, or moves once more. That two do it at a time is
/// prevented by its lease, not by this.
struct Rota: Sendable {
    /// What a replica does about one piece at one look.
    enum Move: Sendable, Hashable {
        /// It holds it, unless it was taken from it, and should.
        case renew
        /// It should have it, and nobody holds it.
        case take
        /// It holds it, and another is there that should.
        case handOver
        case nothing
    }

    let me: Replica
    /// In an order that all replicas share.
    let pieces: [String]

    /// - Parameters:
    ///   - entries: the table as it is, with the present replica's presence renewed.
    ///   - held: the pieces this replica holds, as far as it knows.
    func moves(_ entries: [LeaseTable.Entry], held: Set<String>, now: Timestamp) -> [(piece: String, Move)] {
        let present = present(entries, now: now)
        let byName = Dictionary(entries.map { ($0.lease.name, $0) }, uniquingKeysWith: { first, _ in first })
        return pieces.enumerated().map { index, piece in
            let isMine = present[index % present.count] == me.description
            let entry = byName[piece]
            if held.contains(piece) { return (piece, isMine ? .renew : .handOver) }
            let isFree = entry.map { $0.expires <= now || ["", me.description].contains($0.lease.holder) } ?? true
            return (piece, isMine && isFree ? .take : .nothing)
        }
    }

    /// The pieces nobody has held for `grace`, or ever; by name.
    static func forsaken(
        _ pieces: [String], _ entries: [LeaseTable.Entry], now: Timestamp, grace: Duration
    ) -> [String] {
        let byName = Dictionary(entries.map { ($0.lease.name, $0) }, uniquingKeysWith: { first, _ in first })
        return pieces.filter { piece in byName[piece].map { $0.expires + grace <= now } ?? true }.sorted()
    }

    /// Whoever is there, by name; the replica itself always is.
    private func present(_ entries: [LeaseTable.Entry], now: Timestamp) -> [String] {
        let others = entries.filter { entry in
            entry.lease.name.hasPrefix(LeaseTable.presence) && !entry.lease.holder.isEmpty && entry.expires > now
        }
        return Set(others.map(\.lease.holder) + [me.description]).sorted()
    }
}
