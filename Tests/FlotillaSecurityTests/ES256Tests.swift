internal import Crypto
internal import FlotillaCore
internal import FlotillaTesting
internal import Testing

@testable internal import FlotillaSecurity

@Suite("Tokens signed with ES256") struct ES256Tests {
    private func verifier(
        _ bench: TokenBench, _ jwks: [String], _ algorithms: [TokenAlgorithm] = [.rs256, .es256],
        claims: ClaimNames = ClaimNames()
    ) -> TokenVerifier {
        bench.source.answer(Array(#"{"keys":[\#(jwks.joined(separator: ","))]}"#.utf8))
        return TokenVerifier(
            issuer: TokenBench.issuer, audience: TokenBench.audience, keys: bench.source, algorithms: algorithms,
            claims: claims, world: bench.world)
    }

    private func refusal(_ verifier: TokenVerifier, _ token: Secret) async throws -> ServiceError? {
        do {
            _ = try await verifier.verify(token)
            return nil
        } catch let error as ServiceError { return error }
    }

    @Test("are accepted where that is asked for, beside those with RS256")
    func accepted() async throws {
        let bench = try TokenBench()
        let curve = try ES256()
        let token = try curve.sign(claims: bench.claims(["sub": #""u7""#, "role": #""support""#]))
        let both = verifier(bench, [curve.jwk(), bench.key.jwk])
        #expect(try await both.verify(token) == Principal(id: "u7", role: .support))
        #expect(try await refusal(both, bench.sign(claims: bench.claims())) == nil)
        let onlyRSA = verifier(bench, [curve.jwk(), bench.key.jwk], [.rs256])
        #expect(try await refusal(onlyRSA, token)?.detail.contains("not signed with RS256;") == true)
        let onlyCurve = verifier(bench, [curve.jwk(), bench.key.jwk], [.es256])
        #expect(try await refusal(onlyCurve, bench.sign(claims: bench.claims()))?.slug == "invalid-token")
    }

    @Test("a key is used with the algorithm of its type only, whatever the token says")
    func confusion() async throws {
        let bench = try TokenBench()
        let curve = try ES256()
        let verifier = verifier(bench, [curve.jwk(), bench.key.jwk])
        let claims = bench.claims()
        // The header of one kind, the key and the signature of the other.
        let asRSA = try curve.sign(header: #"{"alg":"RS256","kid":"\#(ES256.kid)"}"#, claims: claims)
        let asCurve = try bench.sign(header: #"{"alg":"ES256","kid":"\#(bench.key.id)"}"#, claims: claims)
        for token in [asRSA, asCurve] {
            #expect(try await refusal(verifier, token)?.detail.contains("not that of the key") == true)
        }
        let foreign = try ES256(2).sign(claims: claims)
        #expect(try await refusal(verifier, foreign)?.detail.contains("does not fit") == true)
        // The public half as the secret of an HMAC.
        let secret = SymmetricKey(data: curve.key.publicKey.x963Representation)
        for alg in ["HS256", "ES256"] {
            let input = ES256.input(#"{"alg":"\#(alg)","kid":"\#(ES256.kid)"}"#, claims)
            let mac = Array(HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: secret))
            #expect(try await refusal(verifier, Secret(input + "." + Base64.encode(mac)))?.slug == "invalid-token")
        }
    }

    @Test("signatures that are none are refused", arguments: [0, 1, 63, 65, 64, 72])
    func noSignature(length: Int) async throws {
        let bench = try TokenBench()
        let curve = try ES256()
        let verifier = verifier(bench, [curve.jwk()])
        let input = ES256.input(#"{"alg":"ES256","kid":"\#(ES256.kid)"}"#, bench.claims())
        // 64 zeros: numbers that some implementations have let pass for any content.
        var signature = [UInt8](repeating: 0, count: length)
        if length == 72 {
            signature = Array(try curve.key.signature(for: Array(input.utf8)).derRepresentation)
        }
        let answer = try await refusal(verifier, Secret(input + "." + Base64.encode(signature)))
        #expect(answer?.slug == "invalid-token", "\(length)")
    }

    @Test("keys that are of no use here are not used", arguments: [
        ["crv": "P-384"], ["crv": "secp256k1"], ["crv": nil], ["alg": "ES384"], ["alg": "RS256"], ["use": "enc"],
        ["x": "AQAB"], ["y": nil], ["kty": "oct"], ["kty": "RSA"], ["kid": nil],
        ["y": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    ] as [[String: String?]])
    func uselessKeys(changes: [String: String?]) async throws {
        let bench = try TokenBench()
        let curve = try ES256()
        let verifier = verifier(bench, [curve.jwk(changes)])
        let answer = try await refusal(verifier, curve.sign(claims: bench.claims()))
        #expect(answer?.detail.contains("a key the issuer does not publish") == true)
    }

    @Test("two keys of one name: the first holds")
    func doubleName() async throws {
        let bench = try TokenBench()
        let (first, second) = (try ES256(1), try ES256(2))
        let verifier = verifier(bench, [first.jwk(), second.jwk()])
        #expect(try await refusal(verifier, first.sign(claims: bench.claims())) == nil)
        #expect(try await refusal(verifier, second.sign(claims: bench.claims()))?.slug == "invalid-token")
    }

    @Test("claims are found by the issuer's names")
    func claimNames() async throws {
        let bench = try TokenBench()
        let curve = try ES256()
        let names = ClaimNames(
            subject: "uid", role: "realm_access.roles", tier: "https://x.example/tier", region: "where.region",
            scopes: "scp")
        let verifier = verifier(bench, [curve.jwk()], claims: names)
        let token = try curve.sign(
            claims: bench.claims([
                "uid": #""u9""#, "sub": "7", "role": #"["ignored"]"#, "scope": "3",
                "realm_access": #"{"roles":["support","x"]}"#, "https://x.example/tier": #""premium""#,
                "where": #"{"region":"eu"}"#, "scp": #"["orders:read","orders:update"]"#,
            ]))
        #expect(
            try await verifier.verify(token)
                == Principal(
                    id: "u9", role: .support, tier: "premium", region: "eu", scopes: ["orders:read", "orders:update"]))
        let plain = try await verifier.verify(curve.sign(claims: bench.claims(["uid": #""u1""#, "scp": #""a b""#])))
        #expect(plain == Principal(id: "u1", role: .customer, scopes: ["a", "b"]))
        let nobody = try await refusal(verifier, curve.sign(claims: bench.claims()))
        #expect(nobody?.detail.contains("whom it speaks for") == true)
        let number = try await refusal(verifier, curve.sign(claims: bench.claims(["uid": "7"])))
        #expect(number?.slug == "invalid-token")
    }

    @Test("a verifier without a memory tells when the keys change, and how long a token may live can be set")
    func withoutCache() async throws {
        let bench = try TokenBench()
        let curve = try ES256()
        let changes = Counter()
        bench.source.answer(Array(#"{"keys":[\#(curve.jwk())]}"#.utf8))
        var limits = TokenVerifier.Limits()
        limits.cachedTokensMax = 0
        limits.lifetimeMax = .seconds(7_200)
        let verifier = TokenVerifier(
            issuer: TokenBench.issuer, audience: TokenBench.audience, keys: bench.source, algorithms: [.es256],
            world: bench.world, limits: limits, onKeysChange: { changes.add() })
        let now = bench.world.now.seconds
        let long = try curve.sign(claims: bench.claims(["exp": "\(now + 7_200)"]))
        #expect(try await refusal(verifier, long) == nil)
        let tooLong = try curve.sign(claims: bench.claims(["exp": "\(now + 7_201)"]))
        #expect(try await refusal(verifier, tooLong)?.detail.contains("lives for longer than") == true)
        #expect(changes.count == 0)
        bench.source.answer(Array(#"{"keys":[\#(try ES256(2).jwk())]}"#.utf8))
        bench.time.advance(by: .seconds(3_600))
        #expect(try await refusal(verifier, long)?.slug == "invalid-token")
        #expect(changes.count == 1)
    }
}

@Suite("Key sets in files, and digests of secrets") struct FileKeysTests {
    @Test("a key set is read anew each time; one that others may write is not used")
    func file() async throws {
        let folder = try TemporaryFolder()
        let keys = FileKeys(folder.path(of: "keys.json"))
        await #expect(throws: ServiceError.self) { try await keys.jwks() }
        #expect(try SecretFile.create(folder.path(of: "keys.json"), Array("{}".utf8)))
        try folder.setMode("keys.json", 0o644)
        #expect(try await keys.jwks() == Array("{}".utf8))
        try SecretFile.replace(folder.path(of: "keys.json"), Array("[]".utf8))
        #expect(try await keys.jwks() == Array("[]".utf8))
        for mode in [0o664, 0o646] {
            try folder.setMode("keys.json", mode)
            let error = await #expect(throws: ServiceError.self) { try await keys.jwks() }
            #expect(error?.detail.contains("chmod go-w") == true)
        }
    }

    @Test("a digest is the SHA-256 and is read back from its text")
    func digest() {
        // FIPS 180-4's example.
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let digest = SecretDigest(of: Secret("abc"))
        #expect(digest.hex == hex)
        #expect(SecretDigest(hex: hex.uppercased()) == digest)
        #expect(Array("abc".utf8).withUnsafeBytes { SecretDigest(of: $0) } == digest)
        #expect(SecretDigest(of: Secret("abd")) != digest)
        for text in ["", "ba", String(hex.dropLast()) + "g", hex + "0", String(hex.dropLast(2)) + "é"] {
            #expect(SecretDigest(hex: text) == nil)
        }
    }
}
