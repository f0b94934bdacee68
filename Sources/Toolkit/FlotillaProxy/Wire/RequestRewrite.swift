/// How a request is to be written on to an upstream. Keep one and change it from request to request: arrays that are
/// cleared with `keepingCapacity` and filled again allocate nothing.
public struct RequestRewrite: Sendable {
    /// Replaces Host; nil keeps what the client asked for.
    public var host: [UInt8]?
    /// Host when the client named none, as HTTP/1.0 may.
    public var fallbackHost: [UInt8] = Array("localhost".utf8)
    /// Replaces path and query; nil keeps them. What may not stand in a target is percent-encoded.
    public var target: [UInt8]?
    /// The client's address as text, for X-Forwarded-For; empty leaves the field out.
    public var client: [UInt8] = []
    /// Whether the request came over HTTP/2, for Via.
    public var isHTTP2 = false
    /// Whether the client came over TLS, for X-Forwarded-Proto.
    public var isSecure = false
    /// Whether the client is itself a proxy of ours, whose Forwarded and X-Forwarded-* are true. Else they are removed.
    public var trustsForwarded = false
    /// The gateway's name in Via; empty leaves the field out.
    public var via: [UInt8] = Array("flotilla".utf8)
    /// Replaces X-Request-ID; nil keeps the client's.
    public var requestID: [UInt8]?
    /// Replaces traceparent; nil keeps the client's.
    public var traceparent: [UInt8]?
    /// Whether Upgrade is passed on: a tunnel is possible behind it.
    public var passesUpgrade = false
    /// Whether `Expect: 100-continue` is passed on; else the gateway answers it.
    public var passesExpectation = false
    /// Whether the upstream is told that this is the connection's last request.
    public var closes = false
    /// Fields not to pass on, besides those that end at this hop.
    public var removing: KnownFieldSet = []
    /// Names of fields not to pass on, in lower case.
    public var removingNames: [[UInt8]] = []
    /// How the body is framed for the upstream; nil as it came.
    public var framing: BodyFraming?

    public init() {}
}
