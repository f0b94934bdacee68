internal import FlotillaStorage

/// One of the copies of a service in a fleet: `notifications-2`. Each time it is started it is a new instance.
public struct Replica: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// `notifications`.
    public let service: String
    /// 1 for the first.
    public let number: Int

    public init(_ service: String, _ number: Int = 1) {
        precondition(number > 0, "replicas are counted from 1")
        self.service = service
        self.number = number
    }

    public var description: String { "\(service)-\(number)" }

    /// The lease by which it says that it is there.
    var presence: String { LeaseTable.presence + description }

    public static func < (left: Replica, right: Replica) -> Bool {
        (left.service, left.number) < (right.service, right.number)
    }
}
