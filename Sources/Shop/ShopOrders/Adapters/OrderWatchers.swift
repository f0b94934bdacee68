internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts
internal import Synchronization

/// Those who watch an order live: told of each change of its status once it is durable.
final class OrderWatchers: CommitParticipant {
    private struct State {
        var pending: [(OrderID, Order.Change)] = []
        var watchers: [OrderID: [UInt64: AsyncStream<Order.Change>.Continuation]] = [:]
        var count = 0
        var nextID: UInt64 = 0
    }

    /// Streams open at a time; one more is refused.
    private static let watchersMax = 20_000
    private let state = Mutex(State())

    /// Notes a change of an order; to be called in the transaction that makes it.
    func note(_ id: OrderID, _ change: Order.Change) {
        state.withLock { $0.pending.append((id, change)) }
    }

    /// The changes of an order from now on. Ends when the consumer stops listening.
    func watch(_ id: OrderID) throws(ServiceError) -> AsyncStream<Order.Change> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Order.Change.self, bufferingPolicy: .bufferingNewest(32))
        let watcher: UInt64? = state.withLock { state in
            guard state.count < Self.watchersMax else { return nil }
            state.nextID += 1
            state.count += 1
            state.watchers[id, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        guard let watcher else {
            throw ServiceError(
                .unavailable, "too-many-streams", "Too many orders are being watched; ask for the order instead.",
                retryAfter: .seconds(30))
        }
        continuation.onTermination = { [weak self] _ in self?.remove(watcher, of: id) }
        return stream
    }

    private func remove(_ watcher: UInt64, of id: OrderID) {
        state.withLock { state in
            guard state.watchers[id]?.removeValue(forKey: watcher) != nil else { return }
            state.count -= 1
            if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
        }
    }

    // MARK: CommitParticipant

    func mark() -> Int { state.withLock { $0.pending.count } }

    func rollback(to mark: Int) { state.withLock { $0.pending.removeSubrange(mark...) } }

    func committed() {
        let told = state.withLock { state in
            defer { state.pending.removeAll(keepingCapacity: true) }
            guard !state.watchers.isEmpty else { return [] as [(AsyncStream<Order.Change>.Continuation, Order.Change)] }
            return state.pending.flatMap { id, change in
                (state.watchers[id] ?? [:]).sorted { $0.key < $1.key }.map { ($0.value, change) }
            }
        }
        for (watcher, change) in told { watcher.yield(change) }
    }
}
