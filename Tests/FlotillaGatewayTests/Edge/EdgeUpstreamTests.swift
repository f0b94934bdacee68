#if os(Linux)
    internal import FlotillaConfiguration
    internal import FlotillaCore
    @testable internal import FlotillaGateway
    internal import FlotillaHTTP
    internal import HTTPTypes
    internal import Testing

    @Suite("A gateway before several upstreams", .timeLimit(.minutes(2))) struct EdgeUpstreamTests {
        private func plan(_ rest: String) -> ([String]) -> String {
            { addresses in
                """
                listen: 127.0.0.1:0
                threads: 1
                upstreams:
                  one: { instances: ["\(addresses[0])"], breaker: { failures: 3 } }
                  two: { instances: ["\(addresses[1])"] }

                """ + rest
            }
        }

        private var two: [TellingBackend] { [TellingBackend("one"), TellingBackend("two")] }

        @Test("one answer is made of several, and what fails is named")
        func composition() async throws {
            let rest = """
                routes:
                  - match: { path: "/both/{id}" }
                    compose:
                      parts:
                        a: { get: "one/a/{id}" }
                        b: { get: "two/b/{a.from}" }
                        c: { get: two/status/500, optional: true }
                """
            try await withEdge(two, plan(rest)) { client in
                let answer = try await client.get("/both/5")
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json?["a"]?["target"]?.string == "/a/5")
                #expect(answer.json?["b"]?["target"]?.string == "/b/one")
                #expect(answer.json?["partial"]?.array?.map(\.string) == ["c"])
            }
        }

        @Test("weights share requests out, and a cookie keeps a client where it was")
        func weights() async throws {
            let rest = """
                routes:
                  - match: { path: /shared }
                    to: [ { upstream: one, weight: 1 }, { upstream: two, weight: 1 } ]
                  - match: { path: /sticky }
                    to: [ { upstream: one, weight: 1 }, { upstream: two, weight: 1 } ]
                    sticky: { by: cookie }
                  - match: { path: /blue }
                    to: [ { upstream: one, weight: 0 }, { upstream: two, weight: 100 } ]
                """
            try await withEdge(two, plan(rest)) { client in
                var seen: Set<String> = []
                for _ in 0..<64 { seen.insert(try await client.get("/shared").json?["from"]?.string ?? "") }
                #expect(seen == ["one", "two"])
                let first = try await client.get("/sticky")
                let cookie = try #require(first["Set-Cookie"]?.split(separator: ";").first)
                for _ in 0..<16 {
                    let next = try await client.get("/sticky", [.cookie: String(cookie)])
                    #expect(next.json?["from"] == first.json?["from"] && next["Set-Cookie"] == nil)
                }
                for _ in 0..<8 { #expect(try await client.get("/blue").json?["from"]?.string == "two") }
            }
        }

        @Test("a mirror sees what is sent, and where its answers differ is kept")
        func mirror() async throws {
            let backends = two
            let rest = """
                routes:
                  - match: { path: "/**" }
                    to: one
                    mirror: { to: two, compare: body, ignore: ["$.headers", "$.count"] }
                """
            try await withEdge(backends, plan(rest)) { client in
                let answer = try await client.send(.post, "/x", [.contentType: "text/plain"], body: "hello")
                #expect(answer.json?["from"]?.string == "one")
                while client.server.mirrors.counts.different == 0 { await Task.yield() }
                let entry = try #require(client.server.mirrors.entries().first)
                #expect(entry.differences.map(\.place) == ["body $.from"])
                #expect(backends[1].requests.first.map { String(decoding: $0.body, as: UTF8.self) } == "hello")
            }
        }

        @Test("a breaker that opens refuses, and says so")
        func breaker() async throws {
            let backends = two
            let rest = """
                routes: [ { match: { path: "/**" }, to: one } ]
                """
            try await withEdge(backends, plan(rest)) { client in
                for _ in 0..<3 { #expect(try await client.get("/status/500").status == 500) }
                let refused = try await client.get("/status/500")
                #expect(refused.status == 503 && refused["X-Refused-By"] == "upstreams.one")
                #expect(refused["Retry-After"] != nil && backends[0].requests.count == 3)
            }
        }

        @Test("another plan holds from the next request on, and a wrong one changes nothing")
        func reload() async throws {
            try await withEdge(
                two, plan("routes: [ { match: { path: \"/**\" }, to: one } ]")
            ) { client in
                #expect(try await client.get("/a").json?["from"]?.string == "one")
                let two = try #require(client.server.table.upstreams["two"]?.plan.instances.first)
                let text = """
                    listen: 127.0.0.1:0
                    upstreams: { two: { instances: ["\(two)"] } }
                    routes: [ { match: { path: "/**" }, to: two } ]
                    """
                try client.server.adopt(try ProxyPlan.read(ConfigurationFile(path: "gateway.yaml", text: text)))
                #expect(try await client.get("/a").json?["from"]?.string == "two")
            }
        }
    }
#endif
