internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

/// Lets requests into the gateway while they can be answered in good time, by the priority of their routes.
///
/// A request is turned away before its token is looked at: that has to cost next to nothing.
struct Door: Sendable {
    /// Routes beyond these share the last kind; only how well latencies are told apart depends on it.
    static let kinds = 256

    private let shedder: LoadShedder?

    /// - Parameter shedder: of ``kinds`` kinds; nil: everybody is let in.
    init(_ shedder: LoadShedder?) { self.shedder = shedder }

    /// A request that was let in; to be given to ``leave(_:_:)`` once.
    struct Permit: Sendable {
        fileprivate var permit: AdaptiveLimiter.Permit?
    }

    /// - Parameter index: that of the route, for its latency.
    /// - Throws: `overloaded` (unavailable), with the time after which to try again.
    func enter(_ priority: CallPriority, route index: Int) throws(ServiceError) -> Permit {
        guard let shedder else { return Permit() }
        return Permit(permit: try shedder.admit(priority, kind: min(index, Self.kinds - 1)))
    }

    func leave(_ permit: Permit, _ outcome: CallOutcome) {
        guard let shedder, let permit = permit.permit else { return }
        shedder.finish(permit, Task.isCancelled ? .abandoned : outcome)
    }
}

extension CallOutcome {
    /// What an answer of a service tells about how long answers take.
    init(_ status: HTTPResponse.Status) {
        switch status.code {
        case ..<400: self = .success
        case 400..<500: self = .callerFault
        default: self = .failure
        }
    }
}
