internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import Testing

@Suite("Fields of any content", .timeLimit(.minutes(5))) struct CacheFuzzTests {
    private static let corpus = FuzzCorpus(
        [
            "max-age=60, stale-while-revalidate=5", "public, s-maxage=10", "private", "no-cache", "no-store",
            "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 2026 00:00:30 GMT", "\"tag\"", "W/\"tag\", \"other\"",
            "Accept-Language, Accept-Encoding", "*", "gzip;q=0.5, br", "2147483648", "/b?c#d", "http://shop.example/b",
        ].map { Array($0.utf8) },
        pieces: [",", "=", "\"", ";", ":", " ", "-1", "99999999999999999999", "GMT", "max-age=", "\u{FF}", "W/"],
        bytesMax: 200)

    private static let requestNames: [HTTPField.Name] = [
        .cacheControl, .ifNoneMatch, .ifModifiedSince, .acceptEncoding, .acceptLanguage, .authorization, .cookie,
    ]
    private static let answerNames: [HTTPField.Name] = [
        .cacheControl, .expires, .date, .age, .lastModified, .eTag, .vary, .location, .contentLocation, .setCookie,
    ]

    private static func fields(_ input: FuzzInput, _ names: [HTTPField.Name]) -> HTTPFields {
        var fields = HTTPFields()
        for name in names where input.random.int(in: 0...2) == 0 {
            fields[name] = String(decoding: input.bytes(), as: UTF8.self)
        }
        return fields
    }

    @Test("whatever they say, there is an answer, and what is for one caller is given to that one only")
    func fields() async {
        await Fuzzing.run(inputs: 300) { seed in
            let input = FuzzInput(seed: seed, corpus: Self.corpus)
            let fixture = CacheFixture()
            let statuses = [200, 200, 200, 206, 301, 304, 404, 503]
            var plan = CachePlan()
            if input.random.int(in: 0...1) == 0 { plan.staleIfError = .seconds(30) }
            let route = fixture.route(plan)
            for number in 0..<6 {
                let headers = Self.fields(input, Self.answerNames)
                let status = HTTPResponse.Status(code: statuses[input.random.int(in: 0...7)])
                let method: HTTPRequest.Method = input.random.int(in: 0...7) == 0 ? .post : .get
                let request = CacheFixture.request("/a", Self.fields(input, Self.requestNames), method: method)
                let before = fixture.cache.counts.stored
                let answer = try? await route.answer(to: request) { _ in
                    Response(status, headers: headers, body: .bytes([UInt8(number)]))
                }
                // What is thrown here is for a client that wants nothing but what is kept.
                let wish = CacheControl(request.headers[.cacheControl] ?? "")
                if answer == nil, !wish.onlyIfCached { return "no answer" }
                let control = CacheControl(headers[.cacheControl] ?? "")
                let isPersonal = request.headers[.cookie] != nil && !control.isPublic && control.sharedMaxAge == nil
                let isStored = fixture.cache.counts.stored > before && status != .notModified
                if isStored, control.isPrivate || isPersonal || headers[.setCookie] != nil {
                    return "kept: \(headers) for \(request.headers)"
                }
                fixture.time.advance(by: .seconds(input.random.int(in: 0...20)))
            }
            return nil
        }
    }
}
