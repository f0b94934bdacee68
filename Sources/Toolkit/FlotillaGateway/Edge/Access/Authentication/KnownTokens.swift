internal import FlotillaCore
internal import Synchronization

/// What has been found out of tokens, so that a token that comes again costs a look and a comparison.
///
/// A token is found by its last 16 bytes, which are of its signature, and believed only when all of its bytes are the
/// same: no collision lets anybody in. So the memory holds whole tokens, as the buffers of the connections do; a
/// SHA-256 in their place would cost four times as much. Bounded: what was not used lately makes room (second
/// chance; Corbató, "A paging experiment with the Multics system", 1968). Safe to share.
final class KnownTokens: Sendable {
    enum Verdict: Sendable {
        case user(Caller.User)
        case refused(ServiceError)
    }

    private struct Entry {
        var key: UInt64
        var token: [UInt8]
        var verdict: Verdict
        var until: Timestamp
        var wasUsed: Bool
    }

    private struct State {
        var places: [UInt64: Int] = [:]
        var entries: [Entry] = []
        var hand = 0
        var generation = 0
    }

    /// Entries that are looked at to find one to drop.
    private static let chancesMax = 64

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) { self.countMax = max(1, countMax) }

    var count: Int { state.withLock { $0.entries.count } }

    /// Counts how often everything was forgotten.
    var generation: Int { state.withLock { $0.generation } }

    /// What is known of a token, and until when that holds; nil: nothing.
    func verdict(_ token: UnsafeRawBufferPointer) -> (verdict: Verdict, until: Timestamp)? {
        guard let key = Self.key(token) else { return nil }
        return state.withLock { state in
            guard let place = state.places[key] else { return nil }
            guard Self.isSame(state.entries[place].token, token) else { return nil }
            if !state.entries[place].wasUsed { state.entries[place].wasUsed = true }
            return (state.entries[place].verdict, state.entries[place].until)
        }
    }

    /// Remembers what was found out, unless everything has been forgotten since `generation`.
    ///
    /// - Returns: whether it is remembered.
    @discardableResult
    func insert(_ verdict: Verdict, until: Timestamp, for token: Secret, ifStill generation: Int) -> Bool {
        let bytes = Array(token.exposed.utf8)
        guard let key = bytes.withUnsafeBytes(Self.key) else { return false }
        let entry = Entry(key: key, token: bytes, verdict: verdict, until: until, wasUsed: false)
        return state.withLock { state in
            guard state.generation == generation else { return false }
            if let place = state.places[key] {
                state.entries[place] = entry
            } else if state.entries.count < countMax {
                state.places[key] = state.entries.count
                state.entries.append(entry)
            } else {
                let place = Self.placeToReuse(&state)
                state.places[state.entries[place].key] = nil
                state.entries[place] = entry
                state.places[key] = place
            }
            return true
        }
    }

    /// Forgets everything, and what is being found out now.
    func removeAll() {
        state.withLock { state in
            state.places.removeAll(keepingCapacity: true)
            state.entries.removeAll(keepingCapacity: true)
            state.hand = 0
            state.generation += 1
        }
    }

    private static func placeToReuse(_ state: inout State) -> Int {
        for _ in 0..<chancesMax {
            let place = state.hand
            state.hand = (place + 1) % state.entries.count
            guard state.entries[place].wasUsed else { return place }
            state.entries[place].wasUsed = false
        }
        return state.hand
    }

    /// Nobody can choose this for a token that is remembered, but by the issuer's signature.
    private static func key(_ token: UnsafeRawBufferPointer) -> UInt64? {
        guard token.count >= 16 else { return nil }
        let first = token.loadUnaligned(fromByteOffset: token.count - 16, as: UInt64.self)
        let second = token.loadUnaligned(fromByteOffset: token.count - 8, as: UInt64.self)
        return (first &* 0x9E37_79B9_7F4A_7C15) ^ second
    }

    /// In a time that depends on the length only.
    private static func isSame(_ known: [UInt8], _ token: UnsafeRawBufferPointer) -> Bool {
        known.withUnsafeBytes { known in
            guard known.count == token.count else { return false }
            var difference: UInt64 = 0
            var place = 0
            while place + 8 <= known.count {
                difference |=
                    known.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    ^ token.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                place += 8
            }
            while place < known.count {
                difference |= UInt64(known[place] ^ token[place])
                place += 1
            }
            return difference == 0
        }
    }
}
