extension SmugglingTable {
    private static func passed(_ name: String, _ source: String, _ fields: String, _ head: String) -> WireCase {
        WireCase(name, source, "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + get, .passes(head).then(gotNext))
    }

    private static func refused(_ name: String, _ source: String, _ fields: String, _ status: Int, _ slug: String)
        -> WireCase
    {
        WireCase(name, source, "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + get, .refused(status, slug))
    }

    /// What ends at this hop, and what a client may not say of itself.
    static let connections: [WireCase] = [
        passed(
            "listed fields end here", "RFC 9110 §7.6.1",
            "X-Secret: 1\r\nConnection: close, x-secret\r\nX-Open: 2\r\n", "GET / HTTP/1.1|Host: a|X-Open: 2|+"),
        passed(
            "listed before and behind", "RFC 9110 §7.6.1", "Connection: ,,Foo ,\r\nFoo: 1\r\nfoo: 2\r\nBar: 3\r\n",
            "GET / HTTP/1.1|Host: a|Bar: 3|+"),
        passed(
            "Host cannot be listed away", "hop-by-hop abuse (Davison 2019)", "Connection: host\r\n",
            "GET / HTTP/1.1|Host: a|+"),
        passed(
            "what the gateway says cannot be listed away", "hop-by-hop abuse (Davison 2019)",
            "Connection: X-Forwarded-For, Via\r\n", "GET / HTTP/1.1|Host: a|+"),
        WireCase(
            "the length cannot be listed away", "hop-by-hop abuse (Davison 2019)",
            post("Connection: Content-Length\r\nContent-Length: 2\r\n", "hi" + get),
            .passes("POST / HTTP/1.1|Host: a|+|Content-Length: 2", body: "hi").then(gotNext)),
        WireCase(
            "the coding cannot be listed away", "hop-by-hop abuse (Davison 2019)",
            post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + get),
            .passes(chunkedPost).then(gotNext)),
        passed(
            "fields of this hop", "RFC 9110 §7.6.1",
            "Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\nTrailer: X\r\nConnection: keep-alive\r\n"
                + "Proxy-Authorization: Basic x\r\n",
            "GET / HTTP/1.1|Host: a|+"),
        passed(
            "where a client says it comes from", "spoofing",
            "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Host: b\r\n"
                + "X-Forwarded-Proto: https\r\nX-Forwarded-Port: 1\r\nAccept: */*\r\n",
            "GET / HTTP/1.1|Host: a|Accept: */*|+"),
        refused("Connection is no list", "RFC 9110 §7.6.1", "Connection: close x\r\n", 400, "connection-invalid"),
        refused("Connection in quotes", "RFC 9110 §7.6.1", "Connection: \"close\"\r\n", 400, "connection-invalid"),
        passed(
            "h2c is not offered on", "PortSwigger 2021 (h2c smuggling)",
            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: HTTP2-Settings\r\n",
            "GET / HTTP/1.1|Host: a|+"),
        passed(
            "HTTP2-Settings unlisted", "PortSwigger 2021 (h2c smuggling)",
            "HTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: h2c\r\n", "GET / HTTP/1.1|Host: a|+"),
        passed(
            "an upgrade to WebSocket", "RFC 6455 §4.1",
            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            "GET / HTTP/1.1|Host: a|Sec-WebSocket-Version: 13|+|Connection: upgrade|Upgrade: websocket"),
        refused("two Upgrades", "RFC 9110 §7.8", "Upgrade: a\r\nUpgrade: b\r\n", 400, "upgrade-invalid"),
        WireCase(
            "an upgrade with a body is none", "RFC 9110 §7.8",
            post("Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n", "hi" + get),
            .passes("POST / HTTP/1.1|Host: a|+|Content-Length: 2", body: "hi").then(gotNext)),
        WireCase(
            "100-continue", "RFC 9110 §10.1.1", post("EXPECT: 100-Continue\r\nContent-Length: 2\r\n", "hi" + get),
            .passes("POST / HTTP/1.1|Host: a|+|Expect: 100-continue|Content-Length: 2", body: "hi").then(gotNext)),
        passed(
            "100-continue without a body", "PortSwigger 2025", "Expect: 100-continue\r\n", "GET / HTTP/1.1|Host: a|+"),
        refused("another expectation", "RFC 9110 §10.1.1", "Expect: 200-ok\r\n", 417, "expectation"),
        refused(
            "an expectation with more behind", "PortSwigger 2025", "Expect: y 100-continue\r\n", 417, "expectation"),
        refused(
            "one expectation that is none", "PortSwigger 2025", "Expect: 100-continue\r\nExpect:\r\n", 417,
            "expectation"),
        WireCase(
            "an expectation in HTTP/1.0", "RFC 9110 §10.1.1",
            "POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\nx",
            .passes("POST / HTTP/1.1|Host: localhost|-|Content-Length: 1", body: "x")),
        WireCase(
            "TRACE with a body", "RFC 9110 §9.3.8", "TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            .refused(400, "trace-with-body")),
    ]
}
