internal import FlotillaCore

/// Kept answers within a bound of bytes; the one that was used longest ago goes first. A value for one thread.
struct CacheShard {
    /// So many answers may have one key; the oldest goes.
    static let variantsMax = 32
    private static let none = -1

    private struct Slot {
        var key: CacheKey
        var answer: StoredAnswer
        /// The next one of the same key.
        var next: Int
        /// Somebody fetches a new one, and nobody else need before this.
        var fetchedUntil: Duration = .zero
    }

    private struct Links {
        var newer: Int
        var older: Int
    }

    let bytesMax: Int
    var counts = CacheCounts()
    private var first: [CacheKey: Int] = [:]
    private var slots: [Slot?] = []
    private var links: [Links] = []
    private var free: [Int] = []
    private var newest = none
    private var oldest = none

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// What fits; of several the one that was made last.
    enum Found {
        case answer(StoredAnswer, slot: Int)
        /// There are answers to that key, but not to such a request.
        case otherVariants(names: [String])
        case nothing
    }

    /// Looks an answer up. It is not counted as used before ``touch(_:)``.
    ///
    /// - Parameter value: what the request says in the field of that name.
    func find(_ key: CacheKey, _ scope: String, _ caller: CallerScope, _ value: (String) -> String?) -> Found {
        guard var place = first[key] else { return .nothing }
        var best: (answer: StoredAnswer, slot: Int)?
        var names: [String]?
        while place != Self.none, let slot = slots[place] {
            let answer = slot.answer
            if answer.variant.scope == scope {
                names = names ?? answer.variant.names
                let isFor = answer.callers.isSuperset(of: caller)
                if isFor, answer.made > best?.answer.made ?? .min, answer.variant.fits(scope, value) {
                    best = (answer, place)
                }
            }
            place = slot.next
        }
        if let best { return .answer(best.answer, slot: best.slot) }
        return names.map { .otherVariants(names: $0) } ?? .nothing
    }

    /// The answer in that slot has been used.
    mutating func touch(_ place: Int) {
        guard place != newest else { return }
        unlink(place)
        link(place)
    }

    /// Whether the one who asks is to fetch a new answer; nobody else will be told so before `until`.
    mutating func mayFetch(_ place: Int, _ now: Duration, until: Duration) -> Bool {
        guard let slot = slots[place], slot.fetchedUntil <= now else { return false }
        slots[place]?.fetchedUntil = until
        return true
    }

    /// The new answer has not come.
    mutating func giveUp(_ key: CacheKey, _ answer: StoredAnswer) {
        if let place = place(of: answer, key) { slots[place]?.fetchedUntil = .zero }
    }

    /// Keeps an answer in place of all that fit the same request.
    ///
    /// - Returns: false when it is too large.
    @discardableResult
    mutating func put(_ key: CacheKey, _ answer: StoredAnswer, _ value: (String) -> String?) -> Bool {
        let size = Self.size(key, answer)
        guard size <= bytesMax else { return false }
        remove(key) { $0.variant.fits(answer.variant.scope, value) }
        trim(key)
        while counts.bytes + size > bytesMax, oldest != Self.none {
            take(oldest)
            counts.evicted += 1
        }
        let slot = Slot(key: key, answer: answer, next: first[key] ?? Self.none)
        let place: Int
        if let last = free.popLast() {
            place = last
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
            links.append(Links(newer: Self.none, older: Self.none))
        }
        first[key] = place
        link(place)
        counts.bytes += size
        counts.answers += 1
        counts.stored += 1
        return true
    }

    /// Takes out the answer itself, unless another has come in its place.
    mutating func remove(_ key: CacheKey, _ answer: StoredAnswer) {
        if let place = place(of: answer, key) { take(place) }
    }

    /// Takes out all that is known of a key.
    ///
    /// - Returns: how many answers that were.
    @discardableResult
    mutating func removeAll(_ key: CacheKey) -> Int { remove(key) { _ in true } }

    // MARK: Pieces

    private static func size(_ key: CacheKey, _ answer: StoredAnswer) -> Int { answer.size + 2 * key.text.utf8.count }

    @discardableResult
    private mutating func remove(_ key: CacheKey, where isMeant: (StoredAnswer) -> Bool) -> Int {
        var count = 0
        var place = first[key] ?? Self.none
        while place != Self.none, let slot = slots[place] {
            let next = slot.next
            if isMeant(slot.answer) {
                take(place)
                count += 1
            }
            place = next
        }
        return count
    }

    /// Makes room for one more answer of that key.
    private mutating func trim(_ key: CacheKey) {
        var places: [Int] = []
        var place = first[key] ?? Self.none
        while place != Self.none, let slot = slots[place] {
            places.append(place)
            place = slot.next
        }
        guard places.count >= Self.variantsMax, let last = places.last else { return }
        take(last)
        counts.evicted += 1
    }

    private func place(of answer: StoredAnswer, _ key: CacheKey) -> Int? {
        var place = first[key] ?? Self.none
        while place != Self.none, let slot = slots[place] {
            if slot.answer === answer { return place }
            place = slot.next
        }
        return nil
    }

    /// Takes out what is in a slot.
    private mutating func take(_ place: Int) {
        guard let slot = slots[place] else { return }
        slots[place] = nil
        unlink(place)
        free.append(place)
        counts.bytes -= Self.size(slot.key, slot.answer)
        counts.answers -= 1
        guard var before = first[slot.key], before != place else {
            first[slot.key] = slot.next == Self.none ? nil : slot.next
            return
        }
        while let other = slots[before], other.next != place { before = other.next }
        slots[before]?.next = slot.next
    }

    private mutating func link(_ place: Int) {
        links[place] = Links(newer: Self.none, older: newest)
        if newest != Self.none { links[newest].newer = place }
        newest = place
        if oldest == Self.none { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (links[place].newer, links[place].older)
        if newer != Self.none { links[newer].older = older } else { newest = older }
        if older != Self.none { links[older].newer = newer } else { oldest = newer }
    }
}
