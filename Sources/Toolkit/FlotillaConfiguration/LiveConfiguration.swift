internal import Synchronization

/// The configuration that holds now, and can be replaced while the process runs.
///
/// Only keys declared `live` change; a reload that changes others leaves them as they are and says so.
/// Readers ask for ``current`` each time they need a value. Callable from any thread.
public final class LiveConfiguration: Sendable {
    /// What a reload did to one key.
    public struct Change: Sendable, Hashable {
        /// The path of the key.
        public var key: String
        /// The old value, as in ``Configuration/lines()``.
        public var from: String?
        /// The new value, likewise.
        public var to: String?
        /// False: it takes a restart, and the old value still holds.
        public var isInEffect: Bool

        public init(key: String, from: String?, to: String?, isInEffect: Bool) {
            self.key = key
            self.from = from
            self.to = to
            self.isInEffect = isInEffect
        }
    }

    private let state: Mutex<Configuration>

    public init(_ configuration: Configuration) { state = Mutex(configuration) }

    /// What holds now.
    public var current: Configuration { state.withLock { $0 } }

    /// Takes over the live keys of `new`, which must be of the same schema.
    ///
    /// - Returns: what differs, sorted by key.
    @discardableResult
    public func replace(with new: Configuration) -> [Change] {
        state.withLock { old in
            var entries = old.entries
            var changes: [Change] = []
            for key in old.schema.keys {
                guard let before = old.entries[key.path], let after = new.entries[key.path],
                    before.value != after.value
                else { continue }
                if key.isLive { entries[key.path] = after }
                changes.append(
                    Change(
                        key: key.path, from: shown(before.value, key), to: shown(after.value, key),
                        isInEffect: key.isLive))
            }
            old = Configuration(schema: old.schema, entries: entries, warnings: new.warnings)
            return changes
        }
    }

    private func shown(_ value: ConfigurationValue?, _ key: ConfigurationKey) -> String? {
        value.map { key.isSecret ? "<secret>" : $0.text }
    }
}
