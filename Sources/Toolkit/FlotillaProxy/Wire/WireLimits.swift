/// How much a peer may send before it is refused. All sizes are bytes.
public struct WireLimits: Sendable, Hashable {
    /// The whole head, from its first byte to the empty line at its end: 128 bytes to 1 MiB. Beyond: 431.
    public let headBytesMax: Int
    /// The first line with its CR LF, at most ``headBytesMax``. Beyond: 414 (an upstream's: a refused answer).
    public let lineBytesMax: Int
    /// Fields in a head: 1 to 1,000. Beyond: 431.
    public let fieldsMax: Int
    /// The body's payload. Beyond: 413, told from Content-Length before a byte of it was read, where there is one.
    public let bodyBytesMax: Int
    /// All extensions of all chunks of a body. Beyond: 400.
    public let chunkExtensionBytesMax: Int
    /// Everything behind the last chunk. Beyond: 431.
    public let trailerBytesMax: Int

    /// Values out of their bounds are moved to the nearest bound.
    public init(
        headBytesMax: Int = 32 * 1024, lineBytesMax: Int = 8 * 1024, fieldsMax: Int = 100,
        bodyBytesMax: Int = 1 << 30, chunkExtensionBytesMax: Int = 4 * 1024, trailerBytesMax: Int = 8 * 1024
    ) {
        self.headBytesMax = min(max(headBytesMax, 128), 1 << 20)
        self.lineBytesMax = min(max(lineBytesMax, 64), self.headBytesMax)
        self.fieldsMax = min(max(fieldsMax, 1), 1_000)
        self.bodyBytesMax = max(bodyBytesMax, 0)
        self.chunkExtensionBytesMax = max(chunkExtensionBytesMax, 0)
        self.trailerBytesMax = max(trailerBytesMax, 2)
    }
}
