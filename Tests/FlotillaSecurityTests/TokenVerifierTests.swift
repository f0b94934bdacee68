internal import FlotillaCore
internal import Testing

@testable internal import FlotillaSecurity

@Suite struct TokenVerifierTests {
    @Test("what was issued comes back")
    func roundTrip() async throws {
        let bench = try TokenBench()
        let principal = Principal(
            id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", role: .support, tier: "premium", region: "eu",
            scopes: ["orders:read", "orders:update"])
        let token = try await bench.tokens.issue(
            principal: principal, lifetime: .seconds(900), sessionID: "session-7")
        let verified = try await bench.verifier.verified(token)
        #expect(verified.principal == principal)
        #expect(verified.sessionID == "session-7")
        #expect(verified.expiresAt == bench.world.now + .seconds(900))
    }

    @Test("the same world, key and principal give the same token")
    func isDeterministic() async throws {
        let one = try await TokenBench().issue()
        let two = try await TokenBench().issue()
        #expect(one == two)
    }

    @Test("claims that are wrong are refused, each with its own reason", arguments: [
        ("iss", #""https://evil.example""#, "another issuer"), ("iss", nil, "claims"),
        ("aud", #""another""#, "another audience"), ("aud", "[]", "another audience"), ("aud", nil, "claims"),
        ("sub", #""""#, "no subject"), ("sub", nil, "claims"), ("sub", "7", "claims"),
        ("exp", "1767225600", "expired"), ("exp", "1767225599", "expired"), ("exp", nil, "claims"),
        ("exp", #""1767226000""#, "claims"), ("exp", "1e400", "claims"), ("exp", "-1", "1970 to 9999"),
        ("exp", "1767240000", "longer than an hour"), ("iat", "1767225700", "not valid yet"), ("iat", nil, "claims"),
        ("nbf", "1767225700", "not valid yet"),
    ] as [(String, String?, String)])
    func wrongClaims(name: String, value: String?, reason: String) async throws {
        let bench = try TokenBench()
        let refusal = try await bench.refusal(bench.sign(claims: bench.claims([name: value])))
        #expect(refusal?.kind == .unauthenticated)
        #expect(refusal?.slug == "invalid-token")
        #expect(refusal?.detail.contains(reason) == true, "\(refusal?.detail ?? "accepted")")
    }

    @Test("an audience may be one of several; a clock may be ten seconds ahead")
    func acceptedVariants() async throws {
        let bench = try TokenBench()
        let now = bench.world.now.seconds
        let changes: [[String: String?]] = [
            ["aud": #"["other","shop"]"#], ["iat": "\(now + 10)"], ["nbf": "\(now)"], ["role": nil],
        ]
        for change in changes {
            #expect(try await bench.refusal(bench.sign(claims: bench.claims(change))) == nil, "\(change)")
        }
    }

    @Test("headers that are wrong are refused before any key is asked for", arguments: [
        #"{"alg":"none","kid":"KID"}"#, #"{"alg":"None","kid":"KID"}"#, #"{"alg":"HS256","kid":"KID"}"#,
        #"{"alg":"RS384","kid":"KID"}"#, #"{"alg":"ES256","kid":"KID"}"#, #"{"alg":"PS256","kid":"KID"}"#,
        #"{"alg":"rs256","kid":"KID"}"#, #"{"kid":"KID"}"#, #"{"alg":"RS256"}"#, #"{"alg":"RS256","kid":""}"#,
        #"{"alg":["RS256"],"kid":"KID"}"#, #"{"alg":"RS256","kid":"KID","crit":["b64"]}"#,
        #"{"alg":"RS256","kid":"KID","typ":"JWE"}"#, "[]", "", "null", "{",
    ])
    func wrongHeader(header: String) async throws {
        let bench = try TokenBench()
        let header = header.replacing("KID", with: bench.key.id)
        let refusal = try await bench.refusal(bench.sign(header: header, claims: bench.claims()))
        #expect(refusal?.slug == "invalid-token")
        #expect(bench.source.calls == 0)
    }

    @Test("neither no signature nor an HMAC with the public key passes")
    func confusedAlgorithms() async throws {
        let bench = try TokenBench()
        let none = Base64.encode(Array(#"{"alg":"none"}"#.utf8)) + "." + Base64.encode(Array(bench.claims().utf8))
        #expect(try await bench.refusal(Secret(none + "."))?.slug == "invalid-token")
        for alg in ["HS256", "RS256"] {
            let header = #"{"alg":"\#(alg)","kid":"\#(bench.key.id)"}"#
            let input = Base64.encode(Array(header.utf8)) + "." + Base64.encode(Array(bench.claims().utf8))
            let mac = try RS256.hmac(Array(input.utf8), withPublicHalfOf: bench.key)
            #expect(try await bench.refusal(Secret(input + "." + Base64.encode(mac)))?.slug == "invalid-token")
        }
    }

    @Test("a signature of another key under our key's name is refused")
    func otherKey() async throws {
        let bench = try TokenBench()
        let token = try bench.sign(claims: bench.claims(), key: Keys.second.get())
        #expect(try await bench.refusal(token)?.detail.contains("signature") == true)
    }

    @Test("a token changed anywhere is refused")
    func changedToken() async throws {
        let bench = try TokenBench()
        let token = Array(try await bench.issue().exposed.utf8)
        for position in stride(from: 0, to: token.count, by: 17) {
            var changed = token
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = Secret(String(decoding: changed, as: UTF8.self))
            #expect(try await bench.refusal(text)?.slug == "invalid-token", "position \(position)")
        }
    }

    @Test("what is no token is refused", arguments: [
        "", ".", "..", "...", "a.b.c", "a.b", "a.b.c.d", "Bearer x.y.z", "é.é.é", "=.=.=", "\u{0}",
        String(repeating: "a.", count: 100),
    ])
    func garbage(text: String) async throws {
        let bench = try TokenBench()
        #expect(try await bench.refusal(Secret(text))?.slug == "invalid-token")
        #expect(bench.source.calls == 0)
    }

    @Test("huge tokens, headers and payloads are refused unread")
    func huge() async throws {
        let bench = try TokenBench()
        let padding = String(repeating: "x", count: 20_000)
        let header = #"{"alg":"RS256","kid":"\#(bench.key.id)","x":"\#(padding.prefix(1_000))"}"#
        for token in [
            Secret(padding), try bench.sign(header: header, claims: bench.claims()),
            try bench.sign(claims: bench.claims(["x": "\"\(padding.prefix(5_000))\""])),
        ] { #expect(try await bench.refusal(token)?.slug == "invalid-token") }
        #expect(bench.source.calls == 0)
    }

    @Test("a refusal repeats nothing of the token")
    func nothingLeaks() async throws {
        let bench = try TokenBench()
        let token = try bench.sign(claims: bench.claims(["iss": #""secret-issuer-name""#]))
        let text = "\(try await bench.refusal(token) ?? .notFound("refusal"))"
        #expect(!text.contains("secret-issuer-name"))
        #expect(!text.contains(token.exposed.prefix(12)))
    }
}
