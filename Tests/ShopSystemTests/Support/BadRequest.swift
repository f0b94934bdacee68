internal import FlotillaHTTP
internal import HTTPTypes

/// A request with something wrong in it.
struct BadRequest {
    var what: String
    var request: Request
    /// The statuses it has to be answered with; nil where it depends.
    var statuses: Set<Int>?

    private static let unknownID = "01KBB2A7Q3M0W9T5XJ8VZ4C6DE"
    /// What cannot be an ID, as it stands in a path. Clients that check their paths cannot send worse.
    private static let badIDs = [
        "%00", "%20", "..%2f..%2fetc", "%27%20OR%201%3D1--", "%F0%9F%92%A9", "a%2Fb", "%2e%2e",
        String(repeating: "x", count: 65), String(repeating: "9", count: 2_000), "a;b", "<script>".encoded,
    ]

    static func all(for route: PublishedRoute) -> [BadRequest] {
        paths(of: route) + queries(of: route) + (route.method == .get ? [] : bodies(of: route))
    }

    private static func paths(of route: PublishedRoute) -> [BadRequest] {
        guard route.hasParameters else { return [] }
        let body = route.body.map { JSONValue.object($0).bytes() }
        return badIDs.map { id in
            BadRequest(
                what: "the ID \(id.prefix(40))",
                request: json(route, body, target: route.target(with: id)), statuses: Set(400..<500))
        } + [BadRequest(what: "an unknown ID", request: json(route, body, target: route.target(with: unknownID)))]
    }

    private static func queries(of route: PublishedRoute) -> [BadRequest] {
        guard route.method == .get, !route.target.hasSuffix("/stream") else { return [] }
        let named = route.query.flatMap { name in
            ["\(name)=%FF%00", "\(name)=-1&\(name)=2", "\(name)=\(String(repeating: "z", count: 5_000))"]
        }
        return (named + ["unknown=1", "%=%", "&&==", String(repeating: "a=1&", count: 500)]).map { query in
            BadRequest(
                what: "the query \(query.prefix(40))",
                request: Request(.get, route.target(with: unknownID), query: query))
        }
    }

    private static func bodies(of route: PublishedRoute) -> [BadRequest] {
        let deep = Array((String(repeating: #"{"a":"#, count: 1_000) + "1" + String(repeating: "}", count: 1_000)).utf8)
        let unreadable: [(String, [UInt8], Set<Int>)] = [
            ("no body", [], [400, 415, 422]),
            ("half a body", Array(#"{"a": "#.utf8), [400]),
            ("1000 levels", deep, [400]),
            ("1000 open brackets", Array(repeating: UInt8(ascii: "["), count: 1_000), [400]),
            ("no UTF-8", Array(#"{"name": ""#.utf8) + [0xFF, 0xFE, 0xC0] + Array(#""}"#.utf8), [400]),
            ("a lone surrogate", Array(#"{"name": "\ud800"}"#.utf8), [400]),
            ("a name twice", Array(#"{"name": "a", "name": "b"}"#.utf8), [400]),
            ("two values", Array("{} {}".utf8), [400]),
            ("a number beyond all bounds", Array(#"{"quantity": 1e999999}"#.utf8), [400, 422]),
            ("an array", Array("[]".utf8), [400, 422]), ("null", Array("null".utf8), [400, 422]),
            ("a text", Array(#""text""#.utf8), [400, 422]), ("a number", Array("42".utf8), [400, 422]),
            ("a NUL", [0], [400]),
        ]
        // A path of unknown things is refused before the body is looked at; a route may take no body at all.
        let decides = route.body != nil && !route.hasParameters
        let target = route.target(with: unknownID)
        var all = unreadable.map { what, bytes, statuses in
            BadRequest(what: what, request: json(route, bytes, target: target), statuses: decides ? statuses : nil)
        }
        let long = Array(#"{"name": ""#.utf8) + [UInt8](repeating: 0x61, count: 1 << 20) + Array(#""}"#.utf8)
        all.append(BadRequest(what: "over 1 MiB", request: json(route, long, target: target), statuses: [413]))
        if let example = route.body { all += wrong(example, route, target, decides) }
        return all
    }

    /// The example with one thing wrong at a time.
    private static func wrong(
        _ example: JSONObject, _ route: PublishedRoute, _ target: String, _ decides: Bool
    ) -> [BadRequest] {
        var more = example
        more["surprise"] = 1
        let invalid: Set<Int>? = decides ? [422] : nil
        var all = [BadRequest(what: "an unknown field", request: json(route, more, target), statuses: invalid)]
        for name in example.names {
            var mistyped = example
            mistyped[name] = [[1, 2], ["deep": nil]]
            all.append(
                BadRequest(
                    what: "\(name) of a wrong type", request: json(route, mistyped, target), statuses: invalid))
            for value: JSONValue in ["", -1, 1e300, .string(String(repeating: "x", count: 20_000)), "\u{0}\u{202E}"] {
                var odd = example
                odd[name] = value
                all.append(BadRequest(what: "an odd \(name)", request: json(route, odd, target)))
            }
        }
        var plain = json(route, example, target)
        plain.headers[.contentType] = "text/plain"
        all.append(BadRequest(what: "another media type", request: plain, statuses: decides ? [415] : nil))
        return all
    }

    private static func json(_ route: PublishedRoute, _ object: JSONObject, _ target: String) -> Request {
        json(route, JSONValue.object(object).bytes(), target: target)
    }

    private static func json(_ route: PublishedRoute, _ body: [UInt8]?, target: String) -> Request {
        var request = Request(route.method, target: target, headers: [.contentType: "application/json"])
        request.body = body ?? []
        if let key = HTTPField.Name("Idempotency-Key") { request.headers[key] = "bad-input" }
        return request
    }
}

extension String {
    /// With every byte percent-encoded.
    fileprivate var encoded: String {
        utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}
