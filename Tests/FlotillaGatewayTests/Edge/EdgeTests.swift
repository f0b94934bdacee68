#if os(Linux)
    internal import FlotillaConfiguration
    internal import FlotillaCore
    @testable internal import FlotillaGateway
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import HTTPTypes
    internal import Testing

    @Suite("A gateway by its file", .timeLimit(.minutes(2))) struct EdgeTests {
        private static let top = """
            listen: 127.0.0.1:0
            threads: 1
            upstreams:
              one: { instances: ["ADDRESS"] }

            """

        private func plan(_ rest: String) -> ([String]) -> String {
            { Self.top.replacing("ADDRESS", with: $0[0]) + rest }
        }

        @Test("the first route that fits is the one: by host, method, field, parameter and version")
        func matches() async throws {
            let rest = """
                versions: { header: X-API-Version, accept: true, default: "1" }
                routes:
                  - match: { path: "/a/{id}", headers: { x-beta: "yes" } }
                    respond: { body: beta }
                  - match: { path: "/a/{id}", query: { debug: "*" } }
                    respond: { body: debug }
                  - match: { path: "/a/{id}", version: "2" }
                    respond: { body: two }
                  - match: { path: "/a/{id}", methods: [POST] }
                    respond: { body: post, status: 201 }
                  - match: { path: "/a/{id}", methods: [GET] }
                    respond: { body: plain }
                  - match: { path: "/**", host: other.example }
                    respond: { body: other }
                """
            try await withEdge([TellingBackend()], plan(rest)) { client in
                #expect(try await client.get("/a/1").text == "plain")
                #expect(try await client.get("/a/1", [HTTPField.Name("X-Beta")!: "yes"]).text == "beta")
                #expect(try await client.get("/a/1?debug").text == "debug")
                #expect(try await client.get("/a/1", [HTTPField.Name("X-API-Version")!: "v2"]).text == "two")
                #expect(try await client.get("/a/1", [.accept: "application/json;version=2"]).text == "two")
                #expect(try await client.send(.post, "/a/1").status == 201)
                let deleted = try await client.send(.delete, "/a/1")
                #expect(deleted.status == 405 && deleted["Allow"] == "GET, HEAD, POST")
                #expect(try await client.get("/b").status == 404)
                // Written otherwise, it is the same path.
                #expect(try await client.get("/b/../%61/1").text == "plain")
            }
        }

        @Test("a forwarded request has an ID, its sender's address, and none of the fields by which the inside is told")
        func fields() async throws {
            let backend = TellingBackend()
            let rest = """
                routes:
                  - match: { path: "/v1/users/{id}" }
                    to: one
                    rewrite: /users/{id}
                    request:
                      headers: { set: { X-Who: "${path.id}" }, remove: [X-Secret] }
                      query: { set: { a: "1" } }
                    answer: { headers: { set: { X-Edge: "yes" } } }
                """
            try await withEdge([backend], plan(rest)) { client in
                let lie = try #require(HTTPField.Name("X-User-ID"))
                let secret = try #require(HTTPField.Name("X-Secret"))
                let answer = try await client.get("/v1/users/7?b=2", [lie: "root", secret: "s"])
                #expect(answer.status == 200 && answer["X-Edge"] == "yes")
                #expect(answer.json?["target"]?.string == "/users/7?b=2&a=1")
                #expect(answer.told("x-who") == "7" && answer.told("x-user-id") == nil)
                #expect(answer.told("x-secret") == nil)
                #expect(answer.told("x-request-id")?.count == 32 && answer.told("x-forwarded-for") == "127.0.0.1")
            }
        }

        @Test("bodies are changed both ways, and a body that is no JSON is told of")
        func bodies() async throws {
            let rest = """
                routes:
                  - match: { path: "/**" }
                    to: one
                    request: { body: { set: { by: edge }, remove: [secret] } }
                    answer: { body: { remove: [headers], rename: { from: source } } }
                """
            try await withEdge([TellingBackend()], plan(rest)) { client in
                let json: HTTPFields = [.contentType: "application/json"]
                let answer = try await client.send(.post, "/x", json, body: #"{"secret":1,"a":2}"#)
                #expect(answer.json?["source"]?.string == "one" && answer.json?["headers"] == nil)
                #expect(answer.json?["body"]?.string == #"{"a":2,"by":"edge"}"#)
                let broken = try await client.send(.post, "/x", json, body: "{")
                #expect(broken.status == 400, "\(broken.text)")
            }
        }

        @Test("what a policy refuses says which one did it, and is kept for those who ask")
        func refusals() async throws {
            let digest = "0c1b3a9f6b6cf6c3c9a4d6f9f2d0f2f6f1b0a7d6f5f4f3f2f1f0e9e8e7e6e5e4"
            let rest = """
                authentication:
                  apiKeys: [ { name: mobile, sha256: \(digest), permissions: [read:all], perHour: 10 } ]
                limits: { few: { count: 2, per: 1m, by: address } }
                routes:
                  - match: { path: /closed }
                    to: one
                    maintenance: { retryAfter: 10m }
                  - match: { path: /far }
                    to: one
                    addresses: { deny: [127.0.0.0/8] }
                  - match: { path: /mine }
                    to: one
                    access: signedIn
                  - match: { path: /few }
                    to: one
                    limits: few
                """
            try await withEdge([TellingBackend()], plan(rest)) { client in
                let closed = try await client.get("/closed")
                #expect(closed.status == 503 && closed["X-Refused-By"] == "maintenance")
                #expect(closed["Retry-After"] == "600")
                let far = try await client.get("/far")
                #expect(far.status == 403 && far["X-Refused-By"] == "addresses")
                let mine = try await client.get("/mine")
                #expect(mine.status == 401 && mine["WWW-Authenticate"] == "Bearer" && mine["X-Refused-By"] == "access")
                let key = try #require(HTTPField.Name("X-API-Key"))
                let guessed = try await client.get("/mine", [key: "guessed"])
                #expect(guessed.status == 401 && guessed["X-Refused-By"] == "authentication")
                #expect(try await client.get("/few")["RateLimit-Remaining"] == "1")
                #expect(try await client.get("/few").status == 200)
                let third = try await client.get("/few")
                #expect(third.status == 429 && third["X-Refused-By"] == "limits.few" && third["Retry-After"] != nil)
                let metrics = client.telemetry.metrics.prometheusText()
                #expect(metrics.contains(#"gateway_refusals_total{policy="limits.few",route="/few"} 1"#), "\(metrics)")
            }
        }

        @Test("pages of other origins are told what they may, also before they ask")
        func origins() async throws {
            let rest = """
                routes:
                  - match: { path: /x, methods: [GET] }
                    to: one
                    cors: { origins: ["https://a.example"], credentials: true }
                """
            try await withEdge([TellingBackend()], plan(rest)) { client in
                let answer = try await client.get("/x", [.origin: "https://a.example"])
                #expect(answer["Access-Control-Allow-Origin"] == "https://a.example" && answer["Vary"] == "Origin")
                let other = try await client.get("/x", [.origin: "https://b.example"])
                #expect(other.status == 200 && other["Access-Control-Allow-Origin"] == nil)
                let method = try #require(HTTPField.Name("Access-Control-Request-Method"))
                let asked = try await client.send(.options, "/x", [.origin: "https://a.example", method: "GET"])
                #expect(asked.status == 204 && asked["Access-Control-Allow-Credentials"] == "true")
            }
        }

        @Test("what is kept is given again, and is forgotten when something changes")
        func cache() async throws {
            let backend = TellingBackend(headers: [.cacheControl: "max-age=60"])
            let rest = """
                routes:
                  - match: { path: "/**" }
                    to: one
                    cache: {}
                """
            try await withEdge([backend], plan(rest)) { client in
                let first = try await client.get("/a")
                let second = try await client.get("/a")
                #expect(first.text == second.text && backend.requests.count == 1)
                #expect(second["Cache-Status"]?.hasPrefix("gateway; hit") == true && second["Age"] == "0")
                #expect(try await client.get("/a?other").json?["count"]?.double == 2)
                #expect(try await client.send(.put, "/a", body: "x").status == 200)
                #expect(try await client.get("/a").json?["count"]?.double == 4)
            }
        }
    }
#endif
