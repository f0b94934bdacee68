internal import CBrotli
internal import CZlib
internal import FlotillaProxy

/// Makes one body smaller, part by part, in memory of a fixed size.
///
/// For the thread of a loop and for tasks alike: it does nothing but turn bytes into bytes. Unique by type
/// (`~Copyable`).
struct BodyCompressor: ~Copyable, @unchecked Sendable {
    // Sendable: what the pointers lead to has one owner, which the type system moves with the value.

    /// What is to be seen of a part by the receiver.
    enum Flush: Sendable {
        /// Whatever is ready.
        case none
        /// All of it, at the cost of a few bytes.
        case part
        /// All of it, and nothing comes after it.
        case end
    }

    private enum Engine {
        case gzip(UnsafeMutablePointer<z_stream>)
        case brotli(OpaquePointer)
    }

    private let engine: Engine
    private let room: CompressionRoom
    private let bytes: Int

    /// - Parameters:
    ///   - level: from 1, fast, to 9, small.
    ///   - room: what its memory is taken from, until its end.
    /// - Returns: nil when there is no room for it, or no memory.
    init?(_ coding: ContentCoding, level: Int, _ room: CompressionRoom) {
        let bytes = Self.bytes(coding, level)
        guard room.take(bytes) else { return nil }
        guard let engine = coding == .gzip ? Self.gzip(level) : Self.brotli(level) else {
            room.release(bytes)
            return nil
        }
        self.engine = engine
        self.room = room
        self.bytes = bytes
    }

    deinit {
        switch engine {
        case .gzip(let stream):
            deflateEnd(stream)
            stream.deallocate()
        case .brotli(let state): BrotliEncoderDestroyInstance(state)
        }
        room.release(bytes)
    }

    /// Appends what comes of `input`; nothing after ``Flush/end``. `input` must not lie in `output`.
    mutating func compress(_ input: UnsafeRawBufferPointer, _ flush: Flush, into output: inout WireBuffer) {
        switch engine {
        case .gzip(let stream): Self.deflate(stream, input, flush, &output)
        case .brotli(let state): Self.brotli(state, input, flush, &output)
        }
    }

    // MARK: The two libraries

    /// Of the output, so much is made room for at a time.
    private static let step = 8 << 10

    /// What one takes, by what the libraries say of themselves and what was measured, and a little more.
    private static func bytes(_ coding: ContentCoding, _ level: Int) -> Int {
        switch coding {
        case .gzip: 272 << 10
        case .br: level <= 4 ? 1 << 20 : level == 5 ? 2 << 20 : 3 << 20
        }
    }

    private static func gzip(_ level: Int) -> Engine? {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard flotilla_gzip_start(stream, Int32(level), 8) == Z_OK else {
            stream.deallocate()
            return nil
        }
        return .gzip(stream)
    }

    private static func brotli(_ level: Int) -> Engine? {
        guard let state = BrotliEncoderCreateInstance(nil, nil, nil) else { return nil }
        // From 7 on it takes 8 to 32 MiB, for a few bytes less.
        BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, UInt32(min(level, 6)))
        // A window of 256 KiB: larger ones take more memory than bodies of this kind are worth.
        BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, 18)
        return .brotli(state)
    }

    private static func deflate(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeRawBufferPointer, _ flush: Flush,
        _ output: inout WireBuffer
    ) {
        let mode: Int32
        switch flush {
        case .none: mode = Z_NO_FLUSH
        case .part: mode = Z_SYNC_FLUSH
        case .end: mode = Z_FINISH
        }
        // The library does not write there, though its type says so.
        let bytes = input.bindMemory(to: Bytef.self).baseAddress
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes)
        stream.pointee.avail_in = UInt32(input.count)
        repeat {
            let free = output.writable(atLeast: step)
            stream.pointee.next_out = free.bindMemory(to: Bytef.self).baseAddress
            stream.pointee.avail_out = UInt32(clamping: free.count)
            let given = Int(stream.pointee.avail_out)
            let result = CZlib.deflate(stream, mode)
            precondition(result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END, "a body after its end")
            output.commit(given - Int(stream.pointee.avail_out))
        } while stream.pointee.avail_out == 0
        stream.pointee.next_in = nil
    }

    private static func brotli(
        _ state: OpaquePointer, _ input: UnsafeRawBufferPointer, _ flush: Flush, _ output: inout WireBuffer
    ) {
        let operation: BrotliEncoderOperation
        switch flush {
        case .none: operation = BROTLI_OPERATION_PROCESS
        case .part: operation = BROTLI_OPERATION_FLUSH
        case .end: operation = BROTLI_OPERATION_FINISH
        }
        var left = input.count
        var next = input.bindMemory(to: UInt8.self).baseAddress
        repeat {
            let free = output.writable(atLeast: step)
            var place = free.bindMemory(to: UInt8.self).baseAddress
            var room = free.count
            let isGood = BrotliEncoderCompressStream(state, operation, &left, &next, &room, &place, nil)
            precondition(isGood != 0, "a body after its end")
            output.commit(free.count - room)
        } while left > 0 || BrotliEncoderHasMoreOutput(state) != 0
    }
}
