internal import FlotillaCore
internal import Synchronization

/// Makes the IDs by which requests are told apart in logs: 32 hexadecimal digits, the first half of this process, the
/// second counted on. They are unique and no secret.
final class RequestIDs: Sendable {
    private static let digits = Array("0123456789abcdef".utf8)
    private let process: [UInt8]
    private let next: Atomic<UInt64>

    init(_ random: any RandomSource) {
        var process: [UInt8] = []
        Self.append(random.next(), to: &process)
        self.process = process
        next = Atomic(random.next())
    }

    /// Appends a new one.
    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: process)
        Self.append(next.wrappingAdd(1, ordering: .relaxed).newValue, to: &bytes)
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        for place in 0..<16 { bytes.append(digits[Int(truncatingIfNeeded: value >> UInt64(60 - 4 * place) & 15)]) }
    }

    /// Whether an ID of somebody else may be taken over: at most 128 visible characters.
    static func isFit(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
