public import FlotillaCore

/// The right to do one piece of work, for a while, instead of everybody else who could.
///
/// Its token is what makes it safe: every acquisition gives a higher one, and whoever works under a lease asks in the
/// transaction that commits its work whether its token is still the present one (``guard(in:)``). A holder that was
/// stalled beyond its time and does not know it commits nothing any more (fencing token; Kleppmann, *How to do
/// distributed locking*, 2016; sequencers in Burrows, *The Chubby lock service*, OSDI 2006).
///
/// Clocks decide only when a lease that nobody renews may be taken over; a clock that is wrong moves work to and fro
/// or lets it wait, and never lets two do it.
public struct Lease: Sendable, Hashable {
    /// The piece of work: `consumer`.
    public let name: String
    /// Who may do it: `notifications-2`.
    public let holder: String
    /// Higher than that of any lease that was given out before in the same database.
    public let token: Int64

    private static let isHeld: SQL = "SELECT 1 FROM leases WHERE name = ?1 AND token = ?2"

    public init(name: String, holder: String, token: Int64) {
        self.name = name
        self.holder = holder
        self.token = token
    }

    /// Throws unless the lease is still the present one, in the transaction that commits what is done under it.
    ///
    /// A lease that has run out and that nobody has taken is still the present one.
    ///
    /// - Throws: ``LeaseLost``; nothing of the transaction may then be kept.
    public func `guard`(in transaction: Transaction) throws {
        guard try transaction.exists(Self.isHeld, name, token) else { throw LeaseLost(lease: self) }
    }
}

/// The work belongs to somebody else by now: whoever sees this stops, and tries nothing again.
public struct LeaseLost: DescribedError, Hashable, CustomStringConvertible {
    public let lease: Lease

    public init(lease: Lease) { self.lease = lease }

    public var kind: ErrorKind { .unavailable }
    public var slug: String { "lease-lost" }
    public var detail: String {
        "\(lease.holder) has lost the lease '\(lease.name)' (token \(lease.token)) to another; what it was about to "
            + "write is not kept. Whoever holds the lease now does the work."
    }
    public var description: String { detail }
}
