/// Bytes on their way in or out: written at the back, consumed from the front, in one piece of memory that is reused.
///
/// Unique by type (`~Copyable`), so that no reference is counted and nothing is copied by accident; `swap` hands it on.
/// It grows by doubling and never shrinks by itself; ``release()`` gives the memory back, which a connection does when
/// it goes idle. Nobody but the owner may bound it: read no more from a socket than there should be in it.
/// Every operation checks its bounds, in release as well.
public struct WireBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: the memory has one owner, which the type system moves with the value.
    private var storage: UnsafeMutableRawPointer?
    private var allocated = 0
    private var front = 0
    private var back = 0

    /// A buffer with room for `capacity` bytes; 0 allocates nothing until the first byte is written.
    public init(capacity: Int = 0) {
        guard capacity > 0 else { return }
        storage = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        allocated = capacity
    }

    deinit { storage?.deallocate() }

    /// How many bytes wait to be consumed.
    public var count: Int { back - front }

    public var isEmpty: Bool { front == back }

    /// How many bytes there is memory for, those that wait included.
    public var capacity: Int { allocated }

    /// What waits to be consumed. Valid until the buffer is next changed; never keep it.
    public var readable: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.map { UnsafeRawPointer($0 + front) }, count: back - front)
    }

    /// Takes `count` bytes (at most ``count``) from the front. Free when that is all there is.
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= back - front, "more consumed than there is")
        front += count
        if front == back {
            front = 0
            back = 0
        }
    }

    /// Room for at least `count` bytes behind what is there; say with ``commit(_:)`` how many were written.
    /// Valid until the buffer is next changed.
    public mutating func writable(atLeast count: Int) -> UnsafeMutableRawBufferPointer {
        reserve(count)
        return UnsafeMutableRawBufferPointer(start: storage.map { $0 + back }, count: allocated - back)
    }

    /// The first `count` bytes of the room that ``writable(atLeast:)`` gave are content now.
    public mutating func commit(_ count: Int) {
        precondition(count >= 0 && count <= allocated - back, "more committed than there is room")
        back += count
    }

    /// Forgets the content and keeps the memory.
    public mutating func removeAll() {
        front = 0
        back = 0
    }

    /// Takes back what was written behind the first `count` bytes (at most ``count``): an answer begun in vain.
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= back - front, "truncated to more than there is")
        back = front + count
    }

    /// Gives the memory back, and the content with it.
    public mutating func release() {
        storage?.deallocate()
        storage = nil
        allocated = 0
        removeAll()
    }

    /// Makes room for `count` more bytes: moves what is there to the front when that suffices, else grows.
    public mutating func reserve(_ count: Int) {
        precondition(count >= 0, "a negative number of bytes")
        if allocated - back < count { makeRoom(count) }
    }

    /// Copies `count` bytes from `source`, where there are as many, behind what is there.
    @inline(__always)
    mutating func put(_ source: UnsafeRawPointer, _ count: Int) {
        precondition(count >= 0, "a negative number of bytes")
        if allocated &- back < count { makeRoom(count) }
        guard count > 0, let storage else { return }
        (storage + back).copyMemory(from: source, byteCount: count)
        back &+= count
    }

    /// Replaces each byte from the `start`-th on.
    mutating func harmless(from start: Int, _ replacement: (UInt8) -> UInt8) {
        precondition(start >= 0 && start <= count, "no such place")
        guard let storage else { return }
        for place in (front + start)..<back {
            let byte = storage.load(fromByteOffset: place, as: UInt8.self)
            let other = replacement(byte)
            if other != byte { storage.storeBytes(of: other, toByteOffset: place, as: UInt8.self) }
        }
    }

    @inline(never)
    private mutating func makeRoom(_ count: Int) {
        let kept = back - front
        // Moving is worth it only when it frees as much as it moves; else a long queue would be moved again and again.
        if let storage, allocated - kept >= count, front >= kept {
            storage.copyMemory(from: storage + front, byteCount: kept)
        } else {
            let size = max(allocated * 2, kept + count, 256)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            if let storage {
                larger.copyMemory(from: storage + front, byteCount: kept)
                storage.deallocate()
            }
            storage = larger
            allocated = size
        }
        front = 0
        back = kept
    }
}
