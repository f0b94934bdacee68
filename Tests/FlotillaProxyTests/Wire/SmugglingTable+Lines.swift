extension SmugglingTable {
    private static func field(_ name: String, _ source: String, _ fields: String, _ slug: String) -> WireCase {
        WireCase(name, source, "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + get, .refused(400, slug))
    }

    /// Lines and fields.
    static let lines: [WireCase] = [
        WireCase("bare LF everywhere", "RFC 9112 §2.2", "GET / HTTP/1.1\nHost: a\n\n", .refused(400, "line-ending")),
        WireCase(
            "bare LF behind the first line", "http-garden", "GET / HTTP/1.1\nHost: a\r\n\r\n",
            .refused(400, "line-ending")),
        field("bare LF behind a field", "RFC 9112 §2.2", "X: y\nZ: w\r\n", "line-ending"),
        field("bare LF as the empty line", "http-garden", "X: y\r\n\n", "line-ending"),
        field("CR CR LF", "http-garden", "X: y\r\r\n", "line-ending"),
        field("CR before the empty line", "http-garden", "X: y\r\n\rZ: w\r\n", "line-ending"),
        field("CR in a value", "RFC 9112 §2.2", "X: y\rZ: w\r\n", "line-ending"),
        field("NUL in a value", "RFC 9110 §5.5", "X: y\0z\r\n", "control-character"),
        field("DEL in a value", "RFC 9110 §5.5", "X: some longer value \u{7F} here\r\n", "control-character"),
        field("escape in a value", "RFC 9110 §5.5", "X: \u{1B}[31m\r\n", "control-character"),
        field("no name", "llhttp", ": x\r\n", "field-name"),
        field("only a colon", "http-garden", ":\r\n", "field-name"),
        field("no colon", "llhttp", "Xyz\r\n", "field-name"),
        field("a space in the name", "llhttp", "X Y: z\r\n", "field-space"),
        field("parenthesis in the name", "RFC 9110 §5.6.2", "X(Y): z\r\n", "field-name"),
        field("letters beyond ASCII in the name", "RFC 9110 §5.6.2", "X\u{E9}: z\r\n", "field-name"),
        field("a request line as a field", "PortSwigger", "GET /admin HTTP/1.1\r\n", "field-space"),
        field("folded", "RFC 9112 §5.2", "X: y\r\n z\r\n", "field-folded"),
        field("folded with a tab", "RFC 9112 §5.2", "X: y\r\n\tz\r\n", "field-folded"),
        field("folded to nothing", "http-garden", "X: y\r\n \r\n", "field-folded"),
        field("X-Forwarded-For with underscores", "CGI", "X_Forwarded_For: 127.0.0.1\r\n", "field-disguised"),
        WireCase(
            "a space before the first field", "RFC 9112 §2.2", "GET / HTTP/1.1\r\n Host: b\r\nHost: a\r\n\r\n",
            .refused(400, "field-folded")),
        WireCase(
            "tabs, spaces and bytes above ASCII in values", "RFC 9110 §5.5",
            "GET / HTTP/1.1\r\nX: a\tb  c\u{E9}\u{FF}\r\nY:\r\nHost: a\r\nZ:  z \r\nW: w \t\r\nV: v\r\n\r\n",
            .passes("GET / HTTP/1.1|Host: a|X: a\tb  c\u{E9}\u{FF}|Y: |Z: z|W: w|V: v|+")),
        WireCase("one empty line before", "RFC 9112 §2.2", "\r\n" + get, .passes(gotNext)),
        WireCase("one empty line between", "RFC 9112 §2.2", get + "\r\n" + get, .passes(gotNext).then(gotNext)),
        WireCase("two empty lines before", "RFC 9112 §2.2", "\r\n\r\n" + get, .refused(400, "empty-lines")),
        WireCase("bare LF before", "http-garden", "\n" + get, .refused(400, "line-ending")),
        WireCase("bare CR before", "http-garden", "\rGET / HTTP/1.1\r\n", .refused(400, "line-ending")),
        WireCase("only an empty line", "RFC 9112 §2.2", "\r\n", WireTranscript(end: .waiting("\r\n"))),
        WireCase("a space before", "llhttp", " " + get, .refused(400, "method-invalid")),
        WireCase(
            "half a head", "RFC 9112 §8", "GET / HTTP/1.1\r\nHost: a\r\n",
            WireTranscript(end: .waiting("GET / HTTP/1.1\r\nHost: a\r\n"))),
        WireCase(
            "21 fields", "RFC 6585 §5",
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 20) + "\r\n",
            .refused(431, "too-many-fields")),
        WireCase(
            "a long field", "RFC 6585 §5",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y", count: 1_000) + "\r\n\r\n",
            .refused(431, "head-too-large")),
        WireCase(
            "a head without end", "RFC 6585 §5", "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y",
            count: 1_000),
            .refused(431, "head-too-large")),
    ]

    private static func host(_ name: String, _ source: String, _ fields: String, _ slug: String) -> WireCase {
        WireCase(name, source, "GET / HTTP/1.1\r\n" + fields + "\r\n" + get, .refused(400, slug))
    }

    /// Host, alone and against the target.
    static let hosts: [WireCase] = [
        host("none", "RFC 9112 §3.2", "X: y\r\n", "host-missing"),
        host("two", "RFC 9112 §3.2", "Host: a\r\nHost: b\r\n", "host-repeated"),
        host("the same twice", "RFC 9112 §3.2", "Host: a\r\nhost: a\r\n", "host-repeated"),
        host("empty", "RFC 9112 §3.2", "Host:\r\n", "host-invalid"),
        host("a list", "http-garden", "Host: a, b\r\n", "host-invalid"),
        host("user information", "RFC 9110 §4.2.4", "Host: me@a\r\n", "host-invalid"),
        host("a path", "http-garden", "Host: a/b\r\n", "host-invalid"),
        host("a space", "http-garden", "Host: a b\r\n", "host-invalid"),
        host("a fragment", "http-garden", "Host: a#b\r\n", "host-invalid"),
        host("percent", "http-garden", "Host: a%00b\r\n", "host-invalid"),
        host("port without digits", "http-garden", "Host: a:\r\n", "host-invalid"),
        host("port too large", "http-garden", "Host: a:65536\r\n", "host-invalid"),
        host("two ports", "http-garden", "Host: a:80:80\r\n", "host-invalid"),
        host("port with text", "http-garden", "Host: a:80x\r\n", "host-invalid"),
        host("an open bracket", "http-garden", "Host: [::1\r\n", "host-invalid"),
        host("empty brackets", "http-garden", "Host: []\r\n", "host-invalid"),
        host("a space before the colon", "PortSwigger 2025", "Host : a\r\n", "field-space"),
        WireCase(
            "an IPv6 address with port", "RFC 3986 §3.2.2", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n",
            .passes("GET / HTTP/1.1|Host: [2001:db8::1]:8080|+")),
        WireCase(
            "none in HTTP/1.0", "RFC 9112 §3.2", "GET / HTTP/1.0\r\n\r\n" + get,
            .passes("GET / HTTP/1.1|Host: localhost|-").then(gotNext)),
        WireCase(
            "two in HTTP/1.0", "RFC 9112 §3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
            .refused(400, "host-repeated")),
        WireCase(
            "the target's host", "RFC 9112 §3.2.2", "GET http://A:80/x?y HTTP/1.1\r\nHost: a:80\r\n\r\n",
            .passes("GET /x?y HTTP/1.1|Host: A:80|+")),
        WireCase(
            "another host than the target's", "RFC 9112 §3.2.2", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
            .refused(400, "host-mismatch")),
        WireCase(
            "another port than the target's", "RFC 9112 §3.2.2", "GET http://a:81/ HTTP/1.1\r\nHost: a:80\r\n\r\n",
            .refused(400, "host-mismatch")),
        WireCase(
            "an absolute target without Host", "RFC 9112 §3.2", "GET http://a/ HTTP/1.1\r\n\r\n",
            .refused(400, "host-missing")),
    ]
}
