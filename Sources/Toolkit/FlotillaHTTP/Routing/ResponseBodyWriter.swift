internal import FlotillaCore
internal import Synchronization

/// Where a streamed body goes.
public protocol ResponseBodyWriter: Sendable {
    /// Sends the bytes; returns when there is room for more, so that a slow receiver slows the sender.
    ///
    /// - Throws: when the receiver is gone; the stream then has to end.
    func write(_ bytes: [UInt8]) async throws
}

/// Keeps a streamed body in memory, up to a bound.
final class CollectingBodyWriter: ResponseBodyWriter {
    private let bytesMax: Int
    private let collected = Mutex<[UInt8]>([])

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ bytes: [UInt8]) async throws {
        let fits = collected.withLock { collected in
            guard collected.count + bytes.count <= bytesMax else { return false }
            collected += bytes
            return true
        }
        guard fits else {
            throw ServiceError(.tooLarge, "too-large", "The answer is longer than \(bytesMax) bytes.")
        }
    }
}
