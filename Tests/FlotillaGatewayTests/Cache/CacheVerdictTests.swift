internal import FlotillaCore
@testable internal import FlotillaGateway
internal import HTTPTypes
internal import Testing

@Suite("Whether a kept answer is the answer (RFC 9111, sections 4.2.4 and 5.2.1)") struct CacheVerdictTests {
    /// The answer came at the start, with no age.
    struct Case: Sendable, CustomTestStringConvertible {
        var answer: String
        var request = ""
        var age: Int
        var verdict: CacheVerdict
        /// Whether it may stand in for an error.
        var replaces = false
        var testDescription: String { "\(answer) | \(request) at \(age)" }
    }

    static let cases: [Case] = [
        Case(answer: "max-age=10", age: 9, verdict: .use, replaces: true),
        Case(answer: "max-age=10", age: 10, verdict: .ask(.stale)),
        Case(answer: "no-cache, max-age=10", age: 0, verdict: .ask(.stale)),
        // 5.2.1.1 max-age
        Case(answer: "max-age=10", request: "max-age=5", age: 5, verdict: .use, replaces: true),
        Case(answer: "max-age=10", request: "max-age=5", age: 6, verdict: .ask(.request)),
        Case(answer: "max-age=10", request: "max-age=0", age: 1, verdict: .ask(.request)),
        Case(answer: "max-age=10", request: "max-age=50", age: 11, verdict: .ask(.stale)),
        // 5.2.1.2 max-stale
        Case(answer: "max-age=10", request: "max-stale=5", age: 15, verdict: .use),
        Case(answer: "max-age=10", request: "max-stale=5", age: 16, verdict: .ask(.stale)),
        Case(answer: "max-age=10", request: "max-stale", age: 9_999, verdict: .use),
        Case(answer: "max-age=10, must-revalidate", request: "max-stale", age: 11, verdict: .ask(.stale)),
        Case(answer: "max-age=10, proxy-revalidate", request: "max-stale", age: 11, verdict: .ask(.stale)),
        Case(answer: "s-maxage=10", request: "max-stale", age: 11, verdict: .ask(.stale)),
        // 5.2.1.3 min-fresh
        Case(answer: "max-age=10", request: "min-fresh=5", age: 5, verdict: .use),
        Case(answer: "max-age=10", request: "min-fresh=5", age: 6, verdict: .ask(.request)),
        Case(answer: "max-age=10, stale-while-revalidate=9", request: "min-fresh=1", age: 11, verdict: .ask(.request)),
        // 5.2.1.4 no-cache
        Case(answer: "max-age=10", request: "no-cache", age: 0, verdict: .ask(.request)),
        Case(answer: "max-age=10, stale-if-error=9", request: "no-cache", age: 0, verdict: .ask(.request)),
        // RFC 5861
        Case(answer: "max-age=10, stale-while-revalidate=5", age: 10, verdict: .useAndFetch),
        Case(answer: "max-age=10, stale-while-revalidate=5", age: 14, verdict: .useAndFetch),
        Case(answer: "max-age=10, stale-while-revalidate=5", age: 15, verdict: .ask(.stale)),
        Case(answer: "max-age=10, stale-while-revalidate=5", request: "max-age=12", age: 13, verdict: .ask(.request)),
        Case(answer: "max-age=10, stale-if-error=5", age: 14, verdict: .ask(.stale), replaces: true),
        Case(answer: "max-age=10, stale-if-error=5", age: 15, verdict: .ask(.stale)),
        Case(answer: "max-age=10", request: "stale-if-error=5", age: 14, verdict: .ask(.stale), replaces: true),
        Case(
            answer: "max-age=10, must-revalidate", request: "stale-if-error=5", age: 14, verdict: .ask(.stale)),
        Case(answer: "s-maxage=10, stale-if-error=2", request: "stale-if-error=5", age: 14, verdict: .ask(.stale)),
    ]

    @Test("verdict", arguments: cases)
    func verdict(_ given: Case) {
        let exchange = Freshness.Exchange(asked: .zero, answered: .zero, clock: 0)
        let freshness = Freshness([:], CacheControl(given.answer), CachePlan(), exchange, ttl: nil, isHeuristic: true)
        let request = CacheControl(given.request)
        let now = Duration.seconds(given.age)
        #expect(CacheVerdict(freshness, request, now) == given.verdict)
        #expect(CacheVerdict.mayReplaceError(freshness, request, now) == given.replaces)
    }
}
