extension Database {
    /// Something in memory that all users of the file in this process have in common, one of each type: what the
    /// replicas of a service would otherwise each have to themselves. It lives as long as the file is open.
    ///
    /// It must not hold the database, which holds it. A ``CommitParticipant`` is told of what becomes durable,
    /// whoever writes it; do not add it besides.
    ///
    /// - Parameter make: called for whoever asks first, with a lock held: it must not ask for anything shared itself.
    public func shared<Object: AnyObject & Sendable>(_ make: @Sendable () -> Object) -> Object {
        participants.shared(make)
    }
}
