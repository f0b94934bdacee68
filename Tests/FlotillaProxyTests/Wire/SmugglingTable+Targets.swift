extension SmugglingTable {
    private static func line(_ name: String, _ source: String, _ line: String, _ status: Int, _ slug: String)
        -> WireCase
    {
        WireCase(name, source, line + "\r\nHost: a\r\n\r\n" + get, .refused(status, slug))
    }

    /// The first line: method and version.
    static let requestLines: [WireCase] = [
        line("two spaces", "RFC 9112 §3", "GET  / HTTP/1.1", 400, "request-line"),
        line("two spaces before the version", "RFC 9112 §3", "GET /  HTTP/1.1", 400, "request-line"),
        line("a tab behind the method", "RFC 9112 §3", "GET\t/ HTTP/1.1", 400, "method-invalid"),
        line("a space at the end", "RFC 9112 §3", "GET / HTTP/1.1 ", 400, "request-line"),
        line("a space in the target", "RFC 9112 §3.2", "GET /a b HTTP/1.1", 400, "request-line"),
        line("lower case", "RFC 9112 §2.3", "GET / http/1.1", 400, "request-line"),
        line("HTTP/1.2", "RFC 9110 §2.5", "GET / HTTP/1.2", 505, "version-unsupported"),
        line("HTTP/2.0", "RFC 9110 §2.5", "GET / HTTP/2.0", 505, "version-unsupported"),
        line("HTTP/0.9 in words", "http-garden", "GET / HTTP/0.9", 505, "version-unsupported"),
        line("HTTP/0.9", "RFC 1945 §5", "GET /", 400, "request-line"),
        line("HTTP/1.10", "llhttp", "GET / HTTP/1.10", 400, "request-line"),
        line("HTTP/11", "llhttp", "GET / HTTP/11", 400, "request-line"),
        line("HTTP/1.1x", "http-garden", "GET / HTTP/1.1x", 400, "request-line"),
        line("another protocol", "llhttp", "GET / SIP/2.0", 400, "request-line"),
        line("no target", "http-garden", "GET HTTP/1.1", 400, "request-line"),
        line("a method that is no token", "RFC 9110 §9.1", "G<T / HTTP/1.1", 400, "method-invalid"),
        line("NUL in the method", "http-garden", "GE\0T / HTTP/1.1", 400, "method-invalid"),
        line("NUL in the target", "http-garden", "GET /\0 HTTP/1.1", 400, "target-invalid"),
        line("CR in the target", "http-garden", "GET /\r HTTP/1.1", 400, "target-invalid"),
        line("CONNECT", "RFC 9110 §9.3.6", "CONNECT a:443 HTTP/1.1", 501, "connect-unsupported"),
        line("CONNECT without port", "RFC 9112 §3.2.3", "CONNECT a HTTP/1.1", 400, "target-form"),
        line("CONNECT to a path", "RFC 9112 §3.2.3", "CONNECT / HTTP/1.1", 400, "target-form"),
        line(
            "a line that is too long", "RFC 9110 §15.5.15", "GET /" + String(repeating: "a", count: 300) + " HTTP/1.1",
            414, "target-too-long"),
        WireCase(
            "a line without end", "RFC 9110 §15.5.15", "GET /" + String(repeating: "a", count: 300),
            .refused(414, "target-too-long")),
        WireCase(
            "the preface of HTTP/2", "RFC 9113 §3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{04}\0\0\0\0\0",
            .refused(505, "http2-preface")),
        WireCase(
            "a TLS handshake", "RFC 8446 §4.1.2", "\u{16}\u{03}\u{01}\0\u{A5}\u{01}\0\0\u{A1}\u{03}\u{03}",
            .refused(400, "tls-on-plain-port")),
        WireCase("bytes of anything", "fuzzing", "\0\u{01}\u{02}\u{03}", .refused(400, "method-invalid")),
        WireCase(
            "a method of lower case is another method", "RFC 9110 §9.1", "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            .passes("get / HTTP/1.1|Host: a|+")),
    ]

    private static func target(_ name: String, _ source: String, _ target: String, _ slug: String) -> WireCase {
        line(name, source, "GET \(target) HTTP/1.1", 400, slug)
    }

    /// The four forms of a target, and what may stand in them.
    static let targets: [WireCase] = [
        target("a fragment", "RFC 9112 §3.2", "/a#b", "target-invalid"),
        target("a fragment behind a query", "RFC 9112 §3.2", "/a?b#c", "target-invalid"),
        target("a backslash", "PortSwigger", "/a\\b", "target-invalid"),
        target("angle brackets", "RFC 3986 §3.3", "/<x>", "target-invalid"),
        target("quotes", "RFC 3986 §3.3", "/?a=\"b\"", "target-invalid"),
        target("bytes above ASCII", "RFC 3986 §2", "/\u{C3}\u{A9}", "target-invalid"),
        target("percent at the end", "RFC 3986 §2.1", "/a%", "target-invalid"),
        target("percent with one digit", "RFC 3986 §2.1", "/a%2", "target-invalid"),
        target("percent with letters", "RFC 3986 §2.1", "/a%zz", "target-invalid"),
        target("percent in the query", "RFC 3986 §2.1", "/a?b=%u0041", "target-invalid"),
        target("an encoded NUL", "http-garden", "/a%00b", "target-invalid"),
        target("no slash", "RFC 9112 §3.2.1", "a", "target-form"),
        target("only a query", "RFC 9112 §3.2.1", "?a", "target-form"),
        target("asterisk with GET", "RFC 9112 §3.2.4", "*", "target-form"),
        target("asterisk and more", "RFC 9112 §3.2.4", "*/", "target-form"),
        target("authority with GET", "RFC 9112 §3.2.3", "a:80", "target-form"),
        target("another scheme", "RFC 9110 §4.2", "ftp://a/", "target-form"),
        target("a scheme without slashes", "http-garden", "http:/a", "target-form"),
        target("control characters for slashes", "fuzzing", "https:\u{0F}\u{0F}a/", "target-form"),
        target("no authority", "RFC 9110 §4.2.1", "http:///x", "target-authority"),
        target("user information", "RFC 9110 §4.2.4", "http://me:secret@a/", "target-authority"),
        target("another host before an @", "PortSwigger 2017", "http://b@a/", "target-authority"),
        target("a fragment behind the host", "http-garden", "http://a#b/", "target-authority"),
        WireCase(
            "OPTIONS *", "RFC 9112 §3.2.4", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" + get,
            .passes("OPTIONS * HTTP/1.1|Host: a|+").then(gotNext)),
        WireCase(
            "OPTIONS of a host", "RFC 9112 §3.2.4", "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n",
            .passes("OPTIONS * HTTP/1.1|Host: a|+")),
        WireCase(
            "an absolute target without path", "RFC 9112 §3.2.2", "GET HTTPS://a HTTP/1.1\r\nHost: a\r\n\r\n",
            .passes("GET / HTTP/1.1|Host: a|+")),
        WireCase(
            "an absolute target with a query alone", "RFC 9112 §3.2.2", "GET http://a?b=c HTTP/1.1\r\nHost: a\r\n\r\n",
            .passes("GET /?b=c HTTP/1.1|Host: a|+")),
        WireCase(
            "two slashes are a path", "PortSwigger", "GET //b/../c HTTP/1.1\r\nHost: a\r\n\r\n",
            .passes("GET //b/../c HTTP/1.1|Host: a|+")),
        WireCase(
            "what browsers leave in a query", "WHATWG URL",
            "GET /a;v=1/%7Eb?f[x]={1|2}^`&u=http://b/? HTTP/1.1\r\nHost: a\r\n\r\n",
            .passes("GET /a;v=1/%7Eb?f[x]={1|2}^`&u=http://b/? HTTP/1.1|Host: a|+")),
    ]
}
