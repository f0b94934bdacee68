public import FlotillaCore
internal import Synchronization

/// The directory of one process: a table in memory.
///
/// Expiry goes by the clock that never jumps. Whoever waits for a change is woken by it; nothing is polled.
/// Listing takes time in proportion to all instances, a change in proportion to those who wait.
public final class InProcessDirectory: InstanceDirectory {
    fileprivate struct Entry {
        var record: InstanceRecord
        var ttl: Duration
        var expiresAt: Duration
    }

    fileprivate struct Watcher {
        let service: String
        let continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct State {
        var entries: [InstanceID: Entry] = [:]
        var watchers: [UInt64: Watcher] = [:]
        /// Woken before they had begun to wait.
        var woken: Set<UInt64> = []
        var nextWatcher: UInt64 = 0
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    /// An empty directory on a clock.
    public init(time: any TimeSource) { self.time = time }

    public func register(_ instance: Instance, ttl: Duration) async throws {
        try DirectoryLimits.check(instance, ttl: ttl)
        let now = time.uptime
        let record = InstanceRecord(instance: instance, registeredAt: time.now)
        let woken = state.withLock { state -> [Watcher]? in
            state.entries = state.entries.filter { $0.value.expiresAt > now }
            let before = state.entries[instance.id]?.record.instance.service
            guard before != nil || state.entries.count < DirectoryLimits.instancesMax else { return nil }
            state.entries[instance.id] = Entry(record: record, ttl: ttl, expiresAt: now + ttl)
            let moved = before.map { $0 == instance.service ? [] : state.takeWatchers(of: $0) } ?? []
            return moved + state.takeWatchers(of: instance.service)
        }
        guard let woken else { throw DirectoryError.full(instancesMax: DirectoryLimits.instancesMax) }
        for watcher in woken { watcher.continuation.resume() }
    }

    public func heartbeat(_ id: InstanceID) async throws {
        let now = time.uptime
        let isKnown = state.withLock { state in
            guard var entry = state.entries[id], entry.expiresAt > now else { return false }
            entry.expiresAt = now + entry.ttl
            state.entries[id] = entry
            return true
        }
        guard isKnown else { throw DirectoryError.unknown(id) }
    }

    public func drain(_ id: InstanceID) async throws {
        let now = time.uptime
        let woken = state.withLock { state -> [Watcher]? in
            guard let entry = state.entries[id], entry.expiresAt > now else { return nil }
            state.entries[id]?.record.isDraining = true
            return state.takeWatchers(of: entry.record.instance.service)
        }
        guard let woken else { throw DirectoryError.unknown(id) }
        for watcher in woken { watcher.continuation.resume() }
    }

    public func deregister(_ id: InstanceID) async throws {
        let woken = state.withLock { state -> [Watcher] in
            guard let entry = state.entries.removeValue(forKey: id) else { return [] }
            return state.takeWatchers(of: entry.record.instance.service)
        }
        for watcher in woken { watcher.continuation.resume() }
    }

    public func instances(of service: String) async throws -> InstanceList { list(of: service).list }

    public func instances(
        of service: String, after version: UInt64, within limit: Duration
    ) async throws -> InstanceList {
        let end = time.uptime + limit
        while true {
            try Task.checkCancellation()
            let (list, nextExpiry) = list(of: service)
            let now = time.uptime
            guard list.version == version, now < end else { return list }
            let until = min(end, nextExpiry ?? end)
            try await wait(for: service, after: version, atMost: max(.microseconds(1), until - now))
        }
    }

    private func list(of service: String) -> (list: InstanceList, nextExpiry: Duration?) {
        let now = time.uptime
        return state.withLock { $0.list(of: service, now: now) }
    }

    /// Returns when something of the service may have changed, the time is over, or the task is cancelled.
    private func wait(for service: String, after version: UInt64, atMost limit: Duration) async throws {
        let id = try state.withLock { state throws(DirectoryError) in
            guard state.watchers.count < DirectoryLimits.watchersMax else {
                throw .busy(watchersMax: DirectoryLimits.watchersMax)
            }
            state.nextWatcher += 1
            return state.nextWatcher
        }
        let alarm = time.alarm(after: limit) { self.wake(id) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = time.uptime
                let isWaiting = state.withLock { state in
                    // Asked again under the lock: a change in between would wake nobody.
                    guard !state.woken.contains(id), state.list(of: service, now: now).list.version == version
                    else { return false }
                    state.watchers[id] = Watcher(service: service, continuation: continuation)
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        } onCancel: {
            wake(id)
        }
        alarm.turnOff()
        _ = state.withLock { $0.woken.remove(id) }
    }

    private func wake(_ id: UInt64) {
        let watcher = state.withLock { state in
            state.woken.insert(id)
            return state.watchers.removeValue(forKey: id)
        }
        watcher?.continuation.resume()
    }
}

extension InProcessDirectory.State {
    fileprivate func list(of service: String, now: Duration) -> (list: InstanceList, nextExpiry: Duration?) {
        var records: [InstanceRecord] = []
        var nextExpiry: Duration?
        for entry in entries.values where entry.record.instance.service == service && entry.expiresAt > now {
            records.append(entry.record)
            nextExpiry = min(nextExpiry ?? entry.expiresAt, entry.expiresAt)
        }
        // The list sorts them.
        return (InstanceList(service: service, records: records), nextExpiry)
    }

    /// Those who wait for a change of a service, in the order in which they came.
    fileprivate mutating func takeWatchers(of service: String) -> [InProcessDirectory.Watcher] {
        let ids = watchers.filter { $0.value.service == service }.keys.sorted()
        return ids.compactMap { watchers.removeValue(forKey: $0) }
    }
}
