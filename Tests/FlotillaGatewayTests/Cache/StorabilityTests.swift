@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("What may be kept (RFC 9111, section 3)") struct StorabilityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var section: String
        var status = 200
        var control: String?
        var fields: HTTPFields = [:]
        var request: HTTPFields = [:]
        var isKnown = false
        var ttl: Int?
        /// Nil: it may be kept.
        var refusal: String?
        var testDescription: String { "\(section): \(status) \(control ?? "-") \(fields) \(request)" }
    }

    private static let modified: HTTPFields = [.lastModified: HTTPDates.text(0)]
    private static let token: HTTPFields = [.authorization: "Bearer a"]
    private static let cookie: HTTPFields = [.cookie: "a=b"]

    static let cases: [Case] = [
        Case(section: "3", control: "max-age=1"), Case(section: "3", control: "s-maxage=1"),
        Case(section: "3", fields: [.expires: "0"]), Case(section: "3", control: "public"),
        Case(section: "3", refusal: "no-lifetime"), Case(section: "3", fields: [.eTag: "\"a\""]),
        Case(section: "3", status: 302, refusal: "no-lifetime"), Case(section: "3", status: 302, control: "max-age=1"),
        Case(section: "3", status: 206, control: "max-age=1", refusal: "status"),
        Case(section: "3", status: 304, control: "max-age=1", refusal: "status"),
        Case(section: "3", status: 500, refusal: "no-lifetime"), Case(section: "3", status: 503, control: "max-age=1"),
        Case(section: "3.3", control: "max-age=1", fields: [.contentRange: "bytes 0-1/2"], refusal: "status"),
        // 4.2.2: of these a lifetime may be guessed.
        Case(section: "4.2.2", fields: modified), Case(section: "4.2.2", status: 404, fields: modified),
        Case(section: "4.2.2", status: 410, fields: modified), Case(section: "4.2.2", status: 501, fields: modified),
        Case(section: "4.2.2", status: 302, fields: modified, refusal: "no-lifetime"),
        Case(section: "4.2.2", status: 400, fields: modified, refusal: "no-lifetime"),
        Case(section: "4.2.2", status: 503, fields: modified, refusal: "no-lifetime"),
        // 5.2.2
        Case(section: "5.2.2.5", control: "no-store", refusal: "no-store"),
        Case(section: "5.2.2.5", control: "no-store, max-age=60", refusal: "no-store"),
        Case(section: "5.2.2.7", control: "private, max-age=60", refusal: "private"),
        Case(section: "5.2.2.7", control: "private=\"x\", max-age=60", refusal: "private"),
        Case(section: "5.2.2.4", control: "no-cache"),
        Case(section: "5.2.2.3", control: "must-understand, no-store, max-age=60"),
        Case(section: "5.2.2.3", status: 599, control: "must-understand, no-store, max-age=60", refusal: "no-store"),
        Case(section: "5.2.2.3", status: 599, control: "must-understand, max-age=60", refusal: "status"),
        Case(section: "5.2.1.5", control: "max-age=60", request: [.cacheControl: "no-store"],
            refusal: "request-no-store"),
        // 4.1
        Case(section: "4.1", control: "max-age=60", fields: [.vary: "*"], refusal: "vary-all"),
        Case(section: "4.1", control: "max-age=60", fields: [.vary: "A, *"], refusal: "vary-all"),
        Case(section: "4.1", control: "max-age=60",
            fields: [.vary: (0..<17).map { "X-\($0)" }.joined(separator: ",")], refusal: "vary-many"),
        // 3.5
        Case(section: "3.5", control: "max-age=60", request: token, refusal: "authorization"),
        Case(section: "3.5", control: "max-age=60, public", request: token),
        Case(section: "3.5", control: "s-maxage=60", request: token),
        Case(section: "3.5", control: "max-age=60, must-revalidate", request: token),
        Case(section: "3.5", fields: modified, request: token, refusal: "authorization"),
        Case(section: "3.5", request: token, ttl: 60, refusal: "authorization"),
        Case(section: "3.5", control: "max-age=60", isKnown: true, refusal: "authorization"),
        Case(section: "3.5", control: "max-age=60, public", isKnown: true),
        // Cookies: stricter than the RFC.
        Case(section: "cookie", control: "max-age=60", request: cookie, refusal: "cookie"),
        Case(section: "cookie", control: "max-age=60, must-revalidate", request: cookie, refusal: "cookie"),
        Case(section: "cookie", control: "public, max-age=60", request: cookie),
        Case(section: "cookie", request: cookie, ttl: 60, refusal: "cookie"),
        Case(section: "7.3", control: "public, max-age=60", fields: [.setCookie: "a=b"], refusal: "set-cookie"),
        // A route's own time.
        Case(section: "ttl", ttl: 60), Case(section: "ttl", control: "no-store", ttl: 60, refusal: "no-store"),
        Case(section: "ttl", control: "private", ttl: 60, refusal: "private"),
        Case(section: "ttl", status: 301, ttl: 60),
        Case(section: "ttl", status: 404, ttl: 60, refusal: "no-lifetime"),
        Case(section: "ttl", status: 503, ttl: 60, refusal: "no-lifetime"),
    ]

    @Test("an answer to GET", arguments: cases)
    func storable(_ given: Case) throws {
        var plan = CachePlan()
        plan.ttl = given.ttl.map { .seconds($0) }
        let request = CacheFixture.request("/a", given.request)
        let question = try #require(CacheQuestion(request, plan, isKnown: given.isKnown))
        let control = given.control.map { CacheControl($0) } ?? .none
        let storability = Storability.of(given.status, given.fields, control, question, plan)
        #expect(storability == (given.refusal.map { .refused($0) } ?? .storable))
    }

    @Test(
        "requests that are not a cache's business",
        arguments: [
            ("POST", "", ""), ("PUT", "", ""), ("OPTIONS", "", ""), ("GET", "Range", "bytes=0-1"),
            ("GET", "If-Match", "\"a\""), ("GET", "Content-Length", "5"), ("GET", "Upgrade", "websocket"),
            ("GET", "If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ])
    func passed(method: String, name: String, value: String) throws {
        var request = CacheFixture.request("/a", method: try #require(HTTPRequest.Method(method)))
        if let name = HTTPField.Name(name) { request.headers[name] = value }
        #expect(CacheQuestion(request, CachePlan(), isKnown: false) == nil)
    }

    @Test("methods that a route does not name are passed by")
    func methods() {
        var plan = CachePlan()
        plan.methods = [.get]
        #expect(CacheQuestion(CacheFixture.request(method: .head), plan, isKnown: false) == nil)
        #expect(CacheQuestion(CacheFixture.request(), plan, isKnown: false) != nil)
    }
}
