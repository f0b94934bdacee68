internal import Synchronization

/// How much memory all bodies that are being made smaller may take together; beyond it bodies stay as they are.
/// Safe to share between tasks and threads.
final class CompressionRoom: Sendable {
    private let bytesMax: Int
    private let taken = Atomic(0)

    /// - Parameter bytesMax: enough for some 480 bodies by gzip, or 128 by Brotli at level 4.
    init(bytesMax: Int = 128 << 20) { self.bytesMax = bytesMax }

    /// What is in use, in bytes.
    var bytes: Int { taken.load(ordering: .relaxed) }

    /// Takes some of it.
    ///
    /// - Returns: false when there is not so much.
    func take(_ bytes: Int) -> Bool {
        if taken.add(bytes, ordering: .relaxed).newValue <= bytesMax { return true }
        release(bytes)
        return false
    }

    /// Gives it back.
    func release(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }
}
