/// How an answer is to be written on to the client.
public struct ResponseRewrite: Sendable {
    /// Of the client's request: HTTP/1.0 is told about keep-alive, and knows no chunks.
    public var clientVersion: WireVersion = .http11
    /// Whether the connection to the client stays open behind this answer.
    public var keepsAlive = true
    /// Whether the request was HEAD: Content-Length then says how long the body would have been.
    public var isHead = false
    /// Date when the upstream sent none (RFC 9110 §6.6.1), as ``HTTPDate`` writes it; empty leaves the field out.
    public var date: [UInt8] = []
    /// The gateway's name in Via; empty leaves the field out.
    public var via: [UInt8] = Array("flotilla".utf8)
    /// Replaces X-Request-ID; nil keeps the upstream's.
    public var requestID: [UInt8]?
    /// Whether Upgrade is passed on, with 101.
    public var passesUpgrade = false
    /// Fields not to pass on, besides those that end at this hop.
    public var removing: KnownFieldSet = []
    /// Names of fields not to pass on, in lower case.
    public var removingNames: [[UInt8]] = []
    /// How the body is framed for the client; nil as it came, but until closing instead of chunks for HTTP/1.0.
    public var framing: BodyFraming?

    public init() {}
}
