/// Which trace a piece of work belongs to, and which span of it caused the work (W3C Trace Context, level 1).
public struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hex digits, not all zero.
    public var traceID: String
    /// 16 lower-case hex digits, not all zero: the span that is current.
    public var spanID: String
    /// The span that caused the current one; nil at the start of a trace.
    public var parentSpanID: String?
    /// Whether spans of this trace are recorded.
    public var isSampled: Bool

    public init(traceID: String, spanID: String, parentSpanID: String? = nil, isSampled: Bool = true) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.isSampled = isSampled
    }

    /// A new trace.
    public static func root(_ random: any RandomSource, isSampled: Bool = true) -> TraceContext {
        TraceContext(
            traceID: hex(random.next()) + hex(random.next() | 1), spanID: hex(random.next() | 1),
            isSampled: isSampled)
    }

    /// A new span below this one.
    public func child(_ random: any RandomSource) -> TraceContext {
        TraceContext(
            traceID: traceID, spanID: hex(random.next() | 1), parentSpanID: spanID, isSampled: isSampled)
    }

    /// The value of the `traceparent` header.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// Reads a `traceparent` header.
    ///
    /// - Returns: nil when it is not valid; the caller then starts a trace of its own, as the standard asks.
    public init?(traceparent: String) {
        let bytes = Array(traceparent.utf8)
        guard bytes.count >= 55, bytes[2] == 45, bytes[35] == 45, bytes[52] == 45,
            bytes.count == 55 || (bytes[55] == 45 && !(bytes[0] == 48 && bytes[1] == 48)),
            isHex(bytes[0..<2]), isHex(bytes[3..<35]), isHex(bytes[36..<52]), isHex(bytes[53..<55]),
            !(bytes[0] == 102 && bytes[1] == 102),
            bytes[3..<35].contains(where: { $0 != 48 }), bytes[36..<52].contains(where: { $0 != 48 })
        else { return nil }
        self.init(
            traceID: String(decoding: bytes[3..<35], as: UTF8.self),
            spanID: String(decoding: bytes[36..<52], as: UTF8.self),
            isSampled: hexValue(bytes[54]) & 1 == 1)
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

private func hex(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
        for index in 0..<16 { buffer[index] = hexDigits[Int(value >> UInt64(60 - index * 4) & 15)] }
        return 16
    }
}

private func isHex(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
}

private func hexValue(_ byte: UInt8) -> UInt8 { byte < 58 ? byte - 48 : byte - 87 }
