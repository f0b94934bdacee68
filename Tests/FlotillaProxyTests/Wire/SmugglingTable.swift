/// Raw requests that are malformed, or that two readers could read differently, each with the one outcome required.
///
/// Gathered from RFC 9112 (above all sections 6, 7 and 11), RFC 9110, PortSwigger's research on request smuggling
/// (desync 2019, HTTP/1 must die 2025), the http-garden and llhttp collections of differences between parsers, and
/// published weaknesses of servers. Each is read in one piece, byte by byte, and cut in two at each place.
enum SmugglingTable {
    static let cases: [WireCase] = codings + lengths + lines + hosts + requestLines + targets + connections + chunks

    /// A POST with these fields (each with its line end) and what follows the empty line.
    static func post(_ fields: String, _ rest: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + rest
    }

    static let get = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
    static let gotNext = "GET /next HTTP/1.1|Host: a|+"
    static let chunkedPost = "POST / HTTP/1.1|Host: a|+|Transfer-Encoding: chunked"
}
