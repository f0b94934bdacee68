internal import Synchronization

/// Makes identifiers: 26 characters of Crockford base 32 that sort by the time they were made (ULID).
///
/// 48 bits of milliseconds, then 80 random bits; within one millisecond each ID is greater than
/// the one before, so rows written in order are appended at the end of an index.
public final class IDSource: Sendable {
    private struct State {
        var milliseconds: Int64 = -1
        var high: UInt16 = 0
        var low: UInt64 = 0
    }

    private let time: any TimeSource
    private let random: any RandomSource
    private let state = Mutex(State())

    public init(time: any TimeSource, random: any RandomSource) {
        self.time = time
        self.random = random
    }

    /// A new identifier as text.
    public func make() -> String {
        let now = time.now.milliseconds
        let (milliseconds, high, low) = state.withLock { state in
            if now > state.milliseconds {
                state.milliseconds = now
                // The top bit stays clear, so that counting up within a millisecond cannot overflow.
                state.high = UInt16(truncatingIfNeeded: random.next()) & 0x7FFF
                state.low = random.next()
            } else {
                let (sum, overflow) = state.low.addingReportingOverflow(1 + random.next() & 0xFFFF_FFFF)
                state.low = sum
                if overflow { state.high &+= 1 }
            }
            return (state.milliseconds, state.high, state.low)
        }
        return Self.encode(milliseconds: UInt64(max(0, milliseconds)), high: high, low: low)
    }

    /// A new typed identifier.
    public func make<ID: TypedID>(_ type: ID.Type = ID.self) -> ID { ID(unchecked: make()) }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func encode(milliseconds: UInt64, high: UInt16, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            for index in 0..<10 {
                buffer[index] = alphabet[Int(milliseconds >> UInt64(45 - index * 5) & 31)]
            }
            // 80 bits: 16 in `high`, 64 in `low`.
            var top = UInt64(high) << 48 | low >> 16
            var bottom = low << 48
            for index in 10..<26 {
                buffer[index] = alphabet[Int(top >> 59)]
                top = top << 5 | bottom >> 59
                bottom <<= 5
            }
            return 26
        }
    }
}
