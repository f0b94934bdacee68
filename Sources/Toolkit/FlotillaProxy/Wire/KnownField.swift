/// Fields that the gateway looks at, told apart once while the head is parsed, so that a lookup compares one byte.
public enum KnownField: UInt8, Sendable, Hashable, CaseIterable {
    /// Any other field.
    case other
    case accept, acceptEncoding, age, authorization, cacheControl, connection, contentEncoding, contentLength
    case contentType, cookie, date, etag, expect, expires, forwarded, grpcStatus, grpcTimeout, host, http2Settings
    case ifMatch, ifModifiedSince, ifNoneMatch, ifRange, ifUnmodifiedSince, keepAlive, lastModified, location, origin
    case pragma, proxyAuthenticate, proxyAuthorization, proxyConnection, range, referer, retryAfter
    case secWebSocketAccept, secWebSocketKey, server, setCookie, te, traceparent, tracestate, trailer
    case transferEncoding, upgrade, userAgent, vary, via, xAPIKey, xForwardedFor, xForwardedHost, xForwardedPort
    case xForwardedProto, xRealIP, xRequestID

    /// The field's name in lower case; empty for ``other``.
    public var name: StaticString {
        switch self {
        case .other: ""
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .age: "age"
        case .authorization: "authorization"
        case .cacheControl: "cache-control"
        case .connection: "connection"
        case .contentEncoding: "content-encoding"
        case .contentLength: "content-length"
        case .contentType: "content-type"
        case .cookie: "cookie"
        case .date: "date"
        case .etag: "etag"
        case .expect: "expect"
        case .expires: "expires"
        case .forwarded: "forwarded"
        case .grpcStatus: "grpc-status"
        case .grpcTimeout: "grpc-timeout"
        case .host: "host"
        case .http2Settings: "http2-settings"
        case .ifMatch: "if-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifNoneMatch: "if-none-match"
        case .ifRange: "if-range"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .keepAlive: "keep-alive"
        case .lastModified: "last-modified"
        case .location: "location"
        default: laterName
        }
    }

    private var laterName: StaticString {
        switch self {
        case .origin: "origin"
        case .pragma: "pragma"
        case .proxyAuthenticate: "proxy-authenticate"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyConnection: "proxy-connection"
        case .range: "range"
        case .referer: "referer"
        case .retryAfter: "retry-after"
        case .secWebSocketAccept: "sec-websocket-accept"
        case .secWebSocketKey: "sec-websocket-key"
        case .server: "server"
        case .setCookie: "set-cookie"
        case .te: "te"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .trailer: "trailer"
        case .transferEncoding: "transfer-encoding"
        case .upgrade: "upgrade"
        case .userAgent: "user-agent"
        case .vary: "vary"
        case .via: "via"
        case .xAPIKey: "x-api-key"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedPort: "x-forwarded-port"
        case .xForwardedProto: "x-forwarded-proto"
        case .xRealIP: "x-real-ip"
        case .xRequestID: "x-request-id"
        default: ""
        }
    }
}
