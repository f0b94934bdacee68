extension SmugglingTable {
    private static let smuggled = "0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func coding(_ name: String, _ source: String, _ fields: String, _ status: Int, _ slug: String)
        -> WireCase
    {
        WireCase(name, source, post(fields, smuggled), .refused(status, slug))
    }

    /// Transfer-Encoding: against Content-Length, disguised, doubled, nested.
    static let codings: [WireCase] = [
        coding(
            "CL.TE", "PortSwigger 2019", "Content-Length: 13\r\nTransfer-Encoding: chunked\r\n", 400,
            "length-and-coding"),
        coding(
            "TE.CL", "PortSwigger 2019", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400,
            "length-and-coding"),
        coding(
            "both, with an empty length", "http-garden", "Transfer-Encoding: chunked\r\nContent-Length:\r\n", 400,
            "length-invalid"),
        coding(
            "both, with length 0", "http-garden", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400,
            "length-and-coding"),
        coding(
            "TE.TE, the second unknown", "PortSwigger 2019",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", 400, "coding-repeated"),
        coding(
            "TE.TE, the first unknown", "PortSwigger 2019",
            "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n", 400, "coding-not-chunked"),
        coding(
            "the same twice", "RFC 9112 §6.1", "Transfer-Encoding: chunked\r\nTransfer-encoding: chunked\r\n", 400,
            "coding-repeated"),
        coding(
            "a space before the colon", "RFC 9112 §5.1", "Transfer-Encoding : chunked\r\n", 400, "field-space"),
        coding("a tab before the colon", "PortSwigger", "Transfer-Encoding\t: chunked\r\n", 400, "field-space"),
        coding("xchunked", "PortSwigger 2019", "Transfer-Encoding: xchunked\r\n", 400, "coding-not-chunked"),
        coding("chunkedx", "llhttp", "Transfer-Encoding: chunkedx\r\n", 400, "coding-not-chunked"),
        coding(
            "vertical tab before the value", "PortSwigger 2019", "Transfer-Encoding: \u{0B}chunked\r\n", 400,
            "control-character"),
        coding(
            "form feed behind the value", "http-garden", "Transfer-Encoding: chunked\u{0C}\r\n", 400,
            "control-character"),
        coding("NUL behind the value", "http-garden", "Transfer-Encoding: chunked\0\r\n", 400, "control-character"),
        coding("NUL in the name", "http-garden", "Transfer-Encoding\0: chunked\r\n", 400, "control-character"),
        coding(
            "a byte above ASCII before the name", "PortSwigger", "\u{FF}Transfer-Encoding: chunked\r\n", 400,
            "field-name"),
        coding(
            "next line (U+0085) behind the value", "http-garden", "Transfer-Encoding: chunked\u{85}\r\n", 400,
            "coding-invalid"),
        coding(
            "chunked, identity", "RFC 9112 §6.3", "Transfer-Encoding: chunked, identity\r\n", 400,
            "coding-not-chunked"),
        coding("identity, chunked", "llhttp", "Transfer-Encoding: identity, chunked\r\n", 501, "coding-unsupported"),
        coding("identity", "RFC 2616 §3.6", "Transfer-Encoding: identity\r\n", 400, "coding-not-chunked"),
        coding("gzip, chunked", "RFC 9112 §6.1", "Transfer-Encoding: gzip, chunked\r\n", 501, "coding-unsupported"),
        coding("chunked, chunked", "RFC 9112 §6.1", "Transfer-Encoding: chunked, chunked\r\n", 400, "coding-repeated"),
        coding("an empty element before", "http-garden", "Transfer-Encoding: ,chunked\r\n", 400, "coding-invalid"),
        coding("an empty element behind", "http-garden", "Transfer-Encoding: chunked,\r\n", 400, "coding-invalid"),
        coding("no value", "http-garden", "Transfer-Encoding:\r\n", 400, "coding-not-chunked"),
        coding("in quotes", "PortSwigger", "Transfer-Encoding: \"chunked\"\r\n", 400, "coding-invalid"),
        coding("in apostrophes", "PortSwigger", "Transfer-Encoding: 'chunked'\r\n", 400, "coding-not-chunked"),
        coding("with a parameter", "RFC 9112 §7", "Transfer-Encoding: chunked;q=1\r\n", 400, "coding-invalid"),
        coding("a space inside", "http-garden", "Transfer-Encoding: chun ked\r\n", 400, "coding-invalid"),
        coding("folded value", "RFC 9112 §5.2", "Transfer-Encoding:\r\n chunked\r\n", 400, "coding-not-chunked"),
        coding("folded second value", "PortSwigger", "Transfer-Encoding: chunked\r\n chunked\r\n", 400, "field-folded"),
        coding("folded name", "PortSwigger 2019", "Transfer-Encoding\r\n : chunked\r\n", 400, "field-name"),
        coding("behind a bare LF", "PortSwigger 2019", "X: x\nTransfer-Encoding: chunked\r\n", 400, "line-ending"),
        coding("behind a bare CR", "RFC 9112 §2.2", "X: x\rTransfer-Encoding: chunked\r\n", 400, "line-ending"),
        coding("with an underscore", "WSGI, CGI", "Transfer_Encoding: chunked\r\n", 400, "field-disguised"),
        WireCase(
            "in HTTP/1.0", "RFC 9112 §6.1",
            "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled,
            .refused(400, "coding-in-old-version")),
        WireCase(
            "a tab before the value is allowed", "RFC 9110 §5.6.3",
            post("Transfer-Encoding:\tchunked\r\n", "1\r\nx\r\n0\r\n\r\n" + get),
            .passes(chunkedPost, body: "x").then(gotNext)),
        WireCase(
            "capitals, no space, blanks behind", "RFC 9110 §5.6.3",
            post("TRANSFER-encoding:CHUNKED \t\r\n", "1\r\nx\r\n0\r\n\r\n" + get),
            .passes(chunkedPost, body: "x").then(gotNext)),
        WireCase(
            "TE is not Transfer-Encoding", "RFC 9110 §10.1.4",
            post("TE: chunked\r\nConnection: TE\r\n", get), .passes("POST / HTTP/1.1|Host: a|+").then(gotNext)),
    ]

    private static func length(_ name: String, _ source: String, _ fields: String, _ status: Int, _ slug: String)
        -> WireCase
    {
        WireCase(name, source, post(fields, "hello" + get), .refused(status, slug))
    }

    private static func passed(_ name: String, _ source: String, _ fields: String) -> WireCase {
        WireCase(
            name, source, post(fields, "hello" + get),
            .passes("POST / HTTP/1.1|Host: a|+|Content-Length: 5", body: "hello").then(gotNext))
    }

    /// Content-Length: everything but one number.
    static let lengths: [WireCase] = [
        length(
            "two that differ", "RFC 9112 §6.3", "Content-Length: 5\r\nContent-Length: 6\r\n", 400, "length-repeated"),
        length(
            "two that are equal", "RFC 9112 §6.3", "Content-Length: 5\r\nContent-Length: 5\r\n", 400,
            "length-repeated"),
        length(
            "a second without value", "http-garden", "Content-Length: 5\r\nContent-Length:\r\n", 400,
            "length-repeated"),
        length("a list", "RFC 9110 §8.6", "Content-Length: 5, 5\r\n", 400, "length-invalid"),
        length(
            "a list with a space before the comma", "http-garden", "Content-Length: 5 , 5\r\n", 400, "length-invalid"),
        length("two numbers", "http-garden", "Content-Length: 5 5\r\n", 400, "length-invalid"),
        length("plus", "llhttp", "Content-Length: +5\r\n", 400, "length-invalid"),
        length("minus", "llhttp", "Content-Length: -5\r\n", 400, "length-invalid"),
        length("minus nothing", "http-garden", "Content-Length: -0\r\n", 400, "length-invalid"),
        length("hexadecimal", "http-garden", "Content-Length: 0x5\r\n", 400, "length-invalid"),
        length("fraction", "http-garden", "Content-Length: 5.0\r\n", 400, "length-invalid"),
        length("exponent", "http-garden", "Content-Length: 1e1\r\n", 400, "length-invalid"),
        length(
            "underscore in the number", "http-garden (int() of Python)", "Content-Length: 1_0\r\n", 400,
            "length-invalid"),
        length("empty", "llhttp", "Content-Length:\r\n", 400, "length-invalid"),
        length("in quotes", "http-garden", "Content-Length: \"5\"\r\n", 400, "length-invalid"),
        length("vertical tab behind", "http-garden", "Content-Length: 5\u{0B}\r\n", 400, "control-character"),
        length("semicolon", "http-garden", "Content-Length: 5;\r\n", 400, "length-invalid"),
        length("no-break space", "http-garden", "Content-Length: \u{A0}5\r\n", 400, "length-invalid"),
        length("beyond 64 bits", "llhttp", "Content-Length: 18446744073709551621\r\n", 400, "length-invalid"),
        length("beyond 63 bits", "http-garden", "Content-Length: 9223372036854775808\r\n", 400, "length-invalid"),
        length("20 digits", "http-garden", "Content-Length: 00000000000000000005\r\n", 400, "length-invalid"),
        length("more than allowed", "RFC 9110 §15.5.14", "Content-Length: 65537\r\n", 413, "body-too-large"),
        length("63 bits", "llhttp", "Content-Length: 9223372036854775807\r\n", 413, "body-too-large"),
        length("a space before the colon", "RFC 9112 §5.1", "Content-Length : 5\r\n", 400, "field-space"),
        length("folded", "RFC 9112 §5.2", "Content-Length: 5\r\n 0\r\n", 400, "field-folded"),
        length("with an underscore", "WSGI, CGI", "Content_Length: 5\r\n", 400, "field-disguised"),
        passed("blanks around it", "RFC 9110 §5.6.3", "Content-Length: \t 5 \t\r\n"),
        passed("zeros before it are written anew", "RFC 9110 §8.6", "Content-Length: 0005\r\n"),
        WireCase(
            "CL.0: the body of a GET is a body", "PortSwigger 2022",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 27\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r" + get,
            .passes(
                "GET / HTTP/1.1|Host: a|+|Content-Length: 27",
                body: "GET /x HTTP/1.1\r\nHost: a\r\n\r").then(gotNext)),
        WireCase(
            "0.CL: without length there is no body", "PortSwigger 2025",
            "POST / HTTP/1.1\r\nHost: a\r\n\r\n" + get, .passes("POST / HTTP/1.1|Host: a|+").then(gotNext)),
        WireCase(
            "a length of 0 is said again", "RFC 9110 §8.6", post("Content-Length: 0\r\n", get),
            .passes("POST / HTTP/1.1|Host: a|+|Content-Length: 0").then(gotNext)),
        WireCase(
            "the body has not come yet", "RFC 9112 §8", post("Content-Length: 9\r\n", "hello"),
            WireTranscript(messages: [
                .passed("POST / HTTP/1.1|Host: a|+|Content-Length: 9", "hello", isWhole: false)
            ])),
    ]
}
