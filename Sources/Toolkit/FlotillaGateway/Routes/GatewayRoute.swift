public import FlotillaHTTP
public import FlotillaResilience
public import HTTPTypes

/// One line of the gateway's table: which requests go to which service, and under what conditions.
///
/// Plain data. Paths are those of the service as well: nothing is rewritten.
public struct GatewayRoute: Sendable, Hashable {
    /// Like `/api/v1/orders/{id}`; `/admin/{rest...}` takes all that begins like this.
    public var path: PathTemplate
    /// Which methods; `GET` brings `HEAD` along. Empty: all.
    public var methods: [HTTPRequest.Method]
    /// Who answers, by its name in the ``ServiceDirectory``.
    public var service: String
    /// Who may pass. The service checks again.
    public var access: Access
    /// Whose limit counts, a name in ``RateLimitPlan/classes``; by default that of the service.
    public var limitClass: String
    /// How long the answer may take.
    public var timeout: Duration
    /// When the service cannot answer a `GET`, or there is no room to ask it, an answer of it that is no older than
    /// this is given again, marked by `Age` and `Cache-Status` (stale-if-error, RFC 5861); nil: never. Only for routes
    /// open to ``Access/anyone`` whose answers depend on nothing but the target.
    public var staleMax: Duration?
    /// What is turned away first when there are more requests than can be answered.
    public var priority: CallPriority

    /// - Parameter staleMax: with an `access` other than ``Access/anyone`` it is a defect.
    public init(
        _ methods: [HTTPRequest.Method], _ path: String, to service: String, access: Access,
        limitClass: String? = nil, timeout: Duration = .seconds(5),
        staleMax: Duration? = nil, priority: CallPriority = .standard
    ) {
        precondition(staleMax == nil || access == .anyone, "\(path): one caller's answers are not for others")
        self.staleMax = staleMax
        self.priority = priority
        self.path = PathTemplate(path)
        self.methods = methods
        self.service = service
        self.access = access
        self.limitClass = limitClass ?? service
        self.timeout = timeout
    }
}
