extension SmugglingTable {
    private static func sent(_ body: String) -> String { post("Transfer-Encoding: chunked\r\n", body) }

    private static func breaks(
        _ name: String, _ source: String, _ body: String, _ slug: String, after passed: String = "", status: Int = 400
    ) -> WireCase {
        WireCase(name, source, sent(body), .breaks(chunkedPost, body: passed, status, slug))
    }

    private static func passes(_ name: String, _ source: String, _ body: String, _ payload: String) -> WireCase {
        WireCase(name, source, sent(body + get), .passes(chunkedPost, body: payload).then(gotNext))
    }

    /// Chunks: their sizes, their ends, their extensions and what follows the last one.
    static let chunks: [WireCase] = [
        passes("two chunks", "RFC 9112 §7.1", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!"),
        passes("capitals and zeros", "RFC 9112 §7.1", "00A\r\n0123456789\r\n0000\r\n\r\n", "0123456789"),
        passes("a request as payload", "PortSwigger", "10\r\nGET / HTTP/1.1\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\n"),
        passes("extensions", "RFC 9112 §7.1.1", "1;a;b=c;d=\"e;\\\"f\"\r\nx\r\n0;z\r\n\r\n", "x"),
        passes("trailers are dropped", "RFC 9112 §7.1.2", "1\r\nx\r\n0\r\nContent-Length: 9\r\nHost: b\r\n\r\n", "x"),
        breaks("0x", "http-garden", "0x5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("plus", "http-garden", "+5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("minus", "llhttp", "-5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("underscore", "http-garden", "1_0\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("a space before the size", "http-garden", " 5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("a space behind the size", "http-garden", "5 \r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("a space before the semicolon", "RFC 9112 §7.1.1", "5 ;a\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("no size", "llhttp", "\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("only an extension", "llhttp", ";a\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("no number", "llhttp", "g\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("bare LF behind the size", "PortSwigger", "5\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("bare CR behind the size", "http-garden", "5\rhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("CR CR LF behind the size", "http-garden", "5\r\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("NUL behind the size", "http-garden", "5\0\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("17 digits", "llhttp", "00000000000000005\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("64 bits", "CVE-2013-2028", "FFFFFFFFFFFFFFFF\r\nhello", "chunk-size"),
        breaks("beyond 64 bits", "http-garden", "10000000000000005\r\nhello", "chunk-size"),
        breaks("63 bits", "llhttp", "7FFFFFFFFFFFFFFF\r\nhello", "body-too-large", status: 413),
        breaks(
            "more than allowed together", "RFC 9110 §15.5.14", "1\r\nx\r\n10000\r\n", "body-too-large", after: "x",
            status: 413),
        breaks("no line end behind a chunk", "llhttp", "5\r\nhello0\r\n\r\n", "chunk-ending", after: "hello"),
        breaks("bare LF behind a chunk", "http-garden", "5\r\nhello\n0\r\n\r\n", "chunk-ending", after: "hello"),
        breaks("a byte for the CR behind a chunk", "fuzzing", "5\r\nhelloX\n0\r\n\r\n", "chunk-ending", after: "hello"),
        breaks("a byte for the LF behind a chunk", "fuzzing", "5\r\nhello\rX0\r\n\r\n", "chunk-ending", after: "hello"),
        breaks("a chunk longer than it says", "PortSwigger", "4\r\nhello\r\n0\r\n\r\n", "chunk-ending", after: "hell"),
        breaks(
            "any two bytes behind a chunk", "PortSwigger 2025 (chunk spill)", "5\r\nhelloXX0\r\n\r\n", "chunk-ending",
            after: "hello"),
        breaks(
            "LF ends an extension", "TERM.EXT (Kettle, Shmuely 2025)", "2;\nxx\r\n4c\r\n0\r\n\r\n", "chunk-extension"),
        breaks("LF in an extension", "EXT.TERM 2025", "5;a\nb\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        breaks("CR in an extension", "http-garden", "5;a\rb\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        breaks("a line end in quotes", "http-garden", "5;a=\"\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        breaks("text behind quotes", "RFC 9112 §7.1.1", "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        breaks("an extension without name", "RFC 9112 §7.1.1", "5;\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        breaks("an extension without value", "RFC 9112 §7.1.1", "5;a=\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        breaks("a space in an extension", "RFC 9112 §7.1.1", "5; a\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        breaks(
            "a long extension", "CVE-2023-39326", "5;" + String(repeating: "a", count: 80) + "\r\nhello",
            "chunk-extension"),
        breaks("a request behind the last size", "PortSwigger", "0\r\nGET / HTTP/1.1\r\n\r\n", "trailer-invalid"),
        breaks("bare LF at the end", "http-garden", "0\r\n\n", "trailer-invalid"),
        breaks("bare LF behind a trailer", "http-garden", "0\r\nX: y\nZ: w\r\n\r\n", "trailer-invalid"),
        breaks("a folded trailer", "RFC 9112 §5.2", "0\r\nX: y\r\n z\r\n\r\n", "trailer-invalid"),
        breaks("a trailer without name", "http-garden", "0\r\n: y\r\n\r\n", "trailer-invalid"),
        breaks("NUL in a trailer", "http-garden", "0\r\nX: \0\r\n\r\n", "trailer-invalid"),
        breaks("CR at the end", "http-garden", "0\r\n\rX", "trailer-invalid"),
        breaks(
            "long trailers", "RFC 6585 §5", "0\r\nX: " + String(repeating: "y", count: 200) + "\r\n\r\n",
            "trailer-too-large", status: 431),
        WireCase(
            "the end has not come yet", "RFC 9112 §8", sent("5\r\nhello\r\n0\r\n"),
            WireTranscript(messages: [.passed(chunkedPost, "hello", isWhole: false)])),
    ]
}
