/// Messages in the frames that gRPC has for them: a byte that says whether it is compressed, and four with the length
/// (gRPC over HTTP/2, "Length-Prefixed-Message").
struct GRPCFrames {
    /// Longer messages are refused unread.
    let messageBytesMax: Int
    private var bytes: [UInt8] = []
    private var start = 0

    init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    static func frame(_ message: [UInt8]) -> [UInt8] {
        let count = UInt32(message.count)
        var frame: [UInt8] = [0]
        frame.reserveCapacity(message.count + 5)
        withUnsafeBytes(of: count.bigEndian) { frame.append(contentsOf: $0) }
        frame += message
        return frame
    }

    mutating func append(_ more: some Sequence<UInt8>) {
        if start > 0, start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Whether all that has come was taken.
    var isEmpty: Bool { start == bytes.count }

    /// The next message; nil when it has not come whole.
    ///
    /// - Throws: ``GRPCStatus`` when it is too long or compressed, which nobody asked for.
    mutating func next() throws(GRPCStatus) -> [UInt8]? {
        guard bytes.count - start >= 5 else { return nil }
        guard bytes[start] == 0 else {
            throw GRPCStatus(.internal, "The answer is compressed, which was not asked for.")
        }
        let count = bytes[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
        guard count <= messageBytesMax else {
            throw GRPCStatus(.resourceExhausted, "The answer is longer than \(messageBytesMax) bytes.")
        }
        guard bytes.count - start - 5 >= count else { return nil }
        let message = Array(bytes[start + 5..<start + 5 + count])
        start += 5 + count
        // What was taken is thrown away before it is more than what was not.
        if start > 65_536, start * 2 > bytes.count {
            bytes.removeFirst(start)
            start = 0
        }
        return message
    }
}
