extension KnownField {
    /// Which field `start..<end` names, a token; ``other`` when none that is known.
    ///
    /// The length and one letter leave one candidate at most, which is then compared in full.
    static func named(_ bytes: WireBytes, _ start: Int, _ end: Int) -> KnownField {
        let candidate = candidate(bytes, start, end)
        return candidate != .other && bytes.says(candidate.name, start, end) ? candidate : .other
    }

    @inline(__always)
    private static func candidate(_ bytes: WireBytes, _ start: Int, _ end: Int) -> KnownField {
        let first = WireByte.lowercase(bytes[start])
        switch end - start {
        case 2: return .te
        case 3: return first == UInt8(ascii: "a") ? .age : .via
        case 4: return first == UInt8(ascii: "h") ? .host : ofFour(first)
        case 5: return .range
        case 6: return first == UInt8(ascii: "a") ? .accept : ofSix(first)
        case 7: return ofSeven(first)
        case 8 where first == UInt8(ascii: "i"):
            return WireByte.lowercase(bytes[end - 1]) == UInt8(ascii: "h") ? .ifMatch : .ifRange
        case 8: return .location
        case 9 where first == UInt8(ascii: "x"):
            return WireByte.lowercase(bytes[end - 1]) == UInt8(ascii: "y") ? .xAPIKey : .xRealIP
        case 9: return .forwarded
        case 10: return first == UInt8(ascii: "c") ? .connection : ofTen(first)
        case 11: return ofEleven(first)
        case 12: return ofTwelve(first)
        case 13: return ofThirteen(first)
        case 14: return first == UInt8(ascii: "c") ? .contentLength : .http2Settings
        case 15: return first == UInt8(ascii: "a") ? .acceptEncoding : .xForwardedFor
        case 16 where first == UInt8(ascii: "x"):
            return WireByte.lowercase(bytes[end - 4]) == UInt8(ascii: "h") ? .xForwardedHost : .xForwardedPort
        case 16: return first == UInt8(ascii: "c") ? .contentEncoding : .proxyConnection
        case 17: return ofSeventeen(first)
        case 18: return .proxyAuthenticate
        case 19: return first == UInt8(ascii: "p") ? .proxyAuthorization : .ifUnmodifiedSince
        case 20: return .secWebSocketAccept
        default: return .other
        }
    }

    private static func ofFour(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "d"): .date
        case UInt8(ascii: "e"): .etag
        default: .vary
        }
    }

    private static func ofSix(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "c"): .cookie
        case UInt8(ascii: "e"): .expect
        case UInt8(ascii: "o"): .origin
        case UInt8(ascii: "p"): .pragma
        default: .server
        }
    }

    private static func ofSeven(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "e"): .expires
        case UInt8(ascii: "r"): .referer
        case UInt8(ascii: "t"): .trailer
        default: .upgrade
        }
    }

    private static func ofTen(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "k"): .keepAlive
        case UInt8(ascii: "s"): .setCookie
        case UInt8(ascii: "t"): .tracestate
        default: .userAgent
        }
    }

    private static func ofEleven(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "g"): .grpcStatus
        case UInt8(ascii: "r"): .retryAfter
        default: .traceparent
        }
    }

    private static func ofTwelve(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "c"): .contentType
        case UInt8(ascii: "g"): .grpcTimeout
        default: .xRequestID
        }
    }

    private static func ofThirteen(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "a"): .authorization
        case UInt8(ascii: "c"): .cacheControl
        case UInt8(ascii: "i"): .ifNoneMatch
        default: .lastModified
        }
    }

    private static func ofSeventeen(_ first: UInt8) -> KnownField {
        switch first {
        case UInt8(ascii: "i"): .ifModifiedSince
        case UInt8(ascii: "s"): .secWebSocketKey
        case UInt8(ascii: "t"): .transferEncoding
        default: .xForwardedProto
        }
    }
}
