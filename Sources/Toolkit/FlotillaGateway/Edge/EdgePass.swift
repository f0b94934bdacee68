internal import FlotillaCore
internal import FlotillaHTTP

/// What becomes known of a request on its way through the policies of its route.
struct EdgePass: Sendable {
    /// Of the client; nil when it cannot be read.
    var address: IPAddress?
    /// What the client's certificate says; nil: there is none.
    var certificate: ClientIdentity?
    /// Who asks; nil: nobody in particular.
    var caller: Caller?
    var principal: Principal? { caller?.principal }
    /// As the upstream and logs are told.
    var requestID: [UInt8] = []
    /// What stands at the names in its path; nil: nobody needs it.
    var captures: [String: String] = [:]
    /// What the answer gets, whoever makes it.
    var answerLines = FieldLines()
    /// What the upstream gets.
    var requestLines = FieldLines()
    /// What `WWW-Authenticate` says of a refusal; nil: as its kind has it.
    var challenge: String?
    /// How long to wait for a turn (leaky bucket).
    var delay = Duration.zero

    /// For texts that each request fills in.
    var values: EditValues {
        EditValues(
            callerID: principal?.id, requestID: String(decoding: requestID, as: UTF8.self), captures: captures)
    }
}

/// What the policies of a route say of a request.
enum EdgeVerdict: Sendable {
    case passes
    /// By the policy of that name.
    case refused(any DescribedError, policy: String)
    /// It is answered here.
    case answered(Response)
    /// Whom this token stands for has to be found out first.
    case unknownToken(Secret)
}
