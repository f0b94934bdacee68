internal import FlotillaCore
@testable internal import FlotillaGateway
internal import HTTPTypes
internal import Testing

@Suite("How long an answer is fresh (RFC 9111, section 4.2)") struct FreshnessTests {
    /// When the answer came, in seconds after 1970.
    private static let clock: Int64 = 1_767_225_600

    /// Fields by name; the value of those that are dates is in seconds from now.
    struct Case: Sendable, CustomTestStringConvertible {
        var fields: [String: String]
        var dates: [String: Int64] = [:]
        /// How long the answer was on its way, in seconds.
        var delay = 0
        var ttl: Int?
        var lifetime: Int
        var age = 0
        var testDescription: String { "\(fields) \(dates) \(delay)" }
    }

    static let cases: [Case] = [
        // 4.2.1
        Case(fields: ["Cache-Control": "max-age=60"], lifetime: 60),
        Case(fields: ["Cache-Control": "max-age=60, s-maxage=30"], lifetime: 30),
        Case(fields: ["Cache-Control": "s-maxage=90, max-age=60"], lifetime: 90),
        Case(fields: ["Cache-Control": "max-age=60"], dates: ["Date": 0, "Expires": 10], lifetime: 60),
        Case(fields: [:], dates: ["Date": 0, "Expires": 100], lifetime: 100),
        Case(fields: [:], dates: ["Date": -50, "Expires": 50], lifetime: 100, age: 50),
        Case(fields: [:], dates: ["Expires": 100], lifetime: 100),
        Case(fields: [:], dates: ["Date": 0, "Expires": -1], lifetime: 0),
        Case(fields: ["Expires": "0"], dates: ["Date": 0], lifetime: 0),
        Case(fields: ["Expires": "0", "Last-Modified": HTTPDates.text(0)], lifetime: 0),
        Case(fields: ["Cache-Control": "max-age=x"], lifetime: 0),
        // 4.2.2
        Case(fields: [:], dates: ["Date": 0, "Last-Modified": -1_000], lifetime: 100),
        Case(fields: [:], dates: ["Last-Modified": -1_000], lifetime: 100),
        Case(fields: [:], dates: ["Date": 0, "Last-Modified": -1_000_000], lifetime: 3_600),
        Case(fields: [:], dates: ["Date": 0, "Last-Modified": 1_000], lifetime: 0),
        Case(fields: [:], lifetime: 0),
        // 4.2.3
        Case(fields: ["Cache-Control": "max-age=60", "Age": "20"], lifetime: 60, age: 20),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "20"], dates: ["Date": -30], lifetime: 60, age: 30),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "40"], dates: ["Date": -30], lifetime: 60, age: 40),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "20"], delay: 3, lifetime: 60, age: 23),
        Case(fields: ["Cache-Control": "max-age=60"], dates: ["Date": 30], delay: 3, lifetime: 60, age: 3),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "x"], lifetime: 60),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "-5"], lifetime: 60),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "5, 7"], lifetime: 60, age: 5),
        // A route's own time.
        Case(fields: ["Cache-Control": "max-age=60"], ttl: 10, lifetime: 10),
        Case(fields: ["Cache-Control": "max-age=60", "Age": "20"], ttl: 10, lifetime: 30, age: 20),
    ]

    @Test("lifetime and age", arguments: cases)
    func lifetime(_ given: Case) throws {
        var fields = HTTPFields()
        for (name, value) in given.fields { fields[try #require(HTTPField.Name(name))] = value }
        for (name, offset) in given.dates {
            fields[try #require(HTTPField.Name(name))] = HTTPDates.text(Self.clock + offset)
        }
        let exchange = Freshness.Exchange(
            asked: .seconds(100), answered: .seconds(100 + given.delay), clock: Self.clock)
        let freshness = Freshness(
            fields, fields[.cacheControl].map { CacheControl($0) } ?? .none, CachePlan(), exchange,
            ttl: given.ttl.map { .seconds($0) }, isHeuristic: true)
        #expect(freshness.lifetime == .seconds(given.lifetime))
        #expect(freshness.initialAge == .seconds(given.age))
        #expect(freshness.age(.seconds(107 + given.delay)) == .seconds(given.age + 7), "it grows while it is kept")
    }

    @Test("a status of which no lifetime may be guessed has none")
    func noGuess() {
        let fields: HTTPFields = [.lastModified: HTTPDates.text(Self.clock - 1_000)]
        let exchange = Freshness.Exchange(asked: .zero, answered: .zero, clock: Self.clock)
        let freshness = Freshness(fields, .none, CachePlan(), exchange, ttl: nil, isHeuristic: false)
        #expect(freshness.lifetime == .zero)
    }

    @Test(
        "stale answers: what the answer says holds before what the route says, and some want none",
        arguments: [
            ("max-age=1", 10, 20, false), ("max-age=1, stale-while-revalidate=3", 3, 20, false),
            ("max-age=1, stale-if-error=4", 10, 4, false), ("max-age=1, must-revalidate", 0, 0, true),
            ("max-age=1, must-revalidate, stale-while-revalidate=3", 0, 0, true),
            ("max-age=1, proxy-revalidate, stale-if-error=3", 0, 0, true), ("s-maxage=1", 0, 0, true),
            ("s-maxage=1, stale-while-revalidate=3", 3, 0, true), ("no-cache", 0, 0, true),
        ])
    func stale(text: String, whileRevalidate: Int, ifError: Int, isStrict: Bool) {
        var plan = CachePlan()
        (plan.staleWhileRevalidate, plan.staleIfError) = (.seconds(10), .seconds(20))
        let exchange = Freshness.Exchange(asked: .zero, answered: .zero, clock: Self.clock)
        let freshness = Freshness([:], CacheControl(text), plan, exchange, ttl: nil, isHeuristic: true)
        #expect(freshness.staleWhileRevalidate == .seconds(whileRevalidate))
        #expect(freshness.staleIfError == .seconds(ifError))
        #expect(freshness.isStrict == isStrict)
    }
}
