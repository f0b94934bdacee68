internal import FlotillaConfiguration
internal import FlotillaTranscoding

/// What a gateway that stands alone is told by its file: where it listens, what is behind it, which requests go where.
public struct ProxyPlan: Sendable {
    /// The address to listen on.
    public internal(set) var host: String
    /// 0 for any free one.
    public internal(set) var port: Int
    /// Nil: one for each core.
    public internal(set) var threads: Int?
    /// Where its operations API is to be had: address and port; nil: nowhere.
    public internal(set) var operations: (host: String, port: Int)?
    var bodyBytesMax: Int
    /// Nil: no TLS is spoken.
    var tls: TLSPlan?
    var shared: EdgePlan
    var upstreams: [UpstreamPlan]
    /// How to speak to the upstreams that speak gRPC, by their names.
    var transcoding: [String: TranscodingPlan]
    var routes: [RoutePlan]

    /// How addresses of it begin: `https` or `http`.
    public var scheme: String { tls == nil ? "http" : "https" }
}
