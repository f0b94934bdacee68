package import FlotillaCore
internal import HTTPTypes

/// An answer of a service that is no success, as a guard or a balancer of the calls to it has to see it.
///
/// - 4xx is the caller's fault and says nothing about the service.
/// - 503 with `Retry-After` is an orderly answer of a service that sheds load or lacks another one. It is neither
///   success nor failure: its other operations may be well, and it has said itself when to come back.
/// - 500, 502, 504, 503 without a word and all other 5xx are failures. 500 is a defect, which is not repeated.
package struct UnsuccessfulAnswer: DescribedError {
    package let response: Response
    package let kind: ErrorKind
    package let isRetryable: Bool

    package var slug: String { "answered-\(response.status.code)" }
    package var detail: String { "The service answered \(response.status.code)." }

    /// Nil for a success.
    package init?(_ response: Response) {
        self.response = response
        switch response.status.code {
        case 400..<500: kind = .invalid
        case 503 where response.headers[.retryAfter] != nil: kind = .limited
        case 502, 503: kind = .unavailable
        case 504: kind = .timeout
        case 500...: kind = .internal
        default: return nil
        }
        isRetryable = kind == .unavailable || kind == .timeout
    }
}
