/// Something that collects facts while transactions run and acts on them once they are durable: the outbox.
///
/// All calls come from the database's writer, one at a time.
public protocol CommitParticipant: AnyObject, Sendable {
    /// How much has been collected; handed back to ``rollback(to:)`` when what follows is undone.
    func mark() -> Int

    /// Forgets what was collected after `mark`.
    func rollback(to mark: Int)

    /// The group is about to be committed: a chance to let housekeeping ride on it. What it throws fails the group.
    func willCommit(in transaction: Transaction) throws

    /// Everything collected is on disk now.
    func committed()
}

extension CommitParticipant {
    public func willCommit(in transaction: Transaction) throws {}
}
