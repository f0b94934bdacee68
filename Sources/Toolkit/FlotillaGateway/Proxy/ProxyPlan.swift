internal import FlotillaConfiguration

/// What a gateway that stands alone is told by its file: where it listens, what is behind it, which requests go where.
public struct ProxyPlan: Sendable {
    /// The address to listen on.
    public internal(set) var host: String
    /// 0 for any free one.
    public internal(set) var port: Int
    /// Nil: one for each core.
    public internal(set) var threads: Int?
    var bodyBytesMax: Int
    /// Nil: no TLS is spoken.
    var tls: TLSPlan?
    var shared: EdgePlan
    var upstreams: [UpstreamPlan]
    var routes: [RoutePlan]

    /// How addresses of it begin: `https` or `http`.
    public var scheme: String { tls == nil ? "http" : "https" }
}
