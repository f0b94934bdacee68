internal import CDecoders
@testable internal import FlotillaGateway

/// What a receiver makes of a body, or of the beginning of one.
struct Decoded: Equatable {
    var bytes: [UInt8]
    var isWhole: Bool

    /// - Returns: nil when it is not such a body.
    init?(_ body: [UInt8], _ coding: ContentCoding, bytesMax: Int = 8 << 20) {
        var whole: Int32 = 0
        let undo = coding == .gzip ? flotilla_gunzip : flotilla_unbrotli
        var count = -1
        bytes = [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, initialized in
            count = undo(body, body.count, buffer.baseAddress, buffer.count, &whole)
            initialized = max(0, count)
        }
        guard count >= 0 else { return nil }
        isWhole = whole != 0
    }
}
