internal import Crypto
internal import FlotillaCore
internal import FlotillaTesting
@testable internal import FlotillaSecurity
internal import Testing

/// Whatever is sent as a token: it never speaks for anybody its issuer has not signed for.
@Suite("Any bytes as a token") struct TokenFuzzTests {
    private static let pieces = [
        ".", "..", "=", "-", "_", "+", "/", " ", "\n", "\0", "\u{FF}", "A", "e30", "eyJ", "bnVsbA", "W10", "\"", "{",
        "}",
        "\"alg\":\"none\"", "\"alg\":\"HS256\"", "\"alg\":\"RS384\"", "\"kid\":\"\"", "\"crit\":[]", "\"typ\":\"JWE\"",
        "\"sub\":\"root\"", "\"role\":\"admin\"", "\"exp\":9e99", "\"exp\":253402300799", "\"iat\":-1", "\"aud\":[]",
        "\"iss\":null", "\\u0000", "1e400", "[[[[[[[[", ",", ":",
    ]

    /// Tokens that are signed, by whom it may concern and by whom it may not.
    private struct Signed {
        let bench: TokenBench
        /// Takes RS256 and ES256, each with its key.
        let verifier: TokenVerifier
        let tokens: [Secret]
        let headers: FuzzCorpus
        let claims: FuzzCorpus
        let corpus: FuzzCorpus

        init() async throws {
            bench = try TokenBench(key: FuzzKeys.first.get())
            let other = TokenIssuer(
                issuer: TokenBench.issuer, audience: TokenBench.audience, key: try FuzzKeys.second.get(),
                world: bench.world)
            tokens = [
                try await bench.issue("u1"), try await bench.issue("u2", lifetime: .seconds(60)),
                try await other.issue(principal: Principal(id: "stranger", role: .admin), lifetime: .seconds(900)),
            ]
            let curve = try P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
            let point = Array(curve.publicKey.x963Representation.dropFirst())
            let (x, y) = (Base64.encode(point.prefix(32)), Base64.encode(point.suffix(32)))
            let ec = #"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"ec","x":"\#(x)","y":"\#(y)"}"#
            verifier = TokenVerifier(
                issuer: TokenBench.issuer, audience: TokenBench.audience,
                keys: StaticJWKS(Array(#"{"keys":[\#(bench.key.jwk),\#(ec)]}"#.utf8)), algorithms: [.rs256, .es256],
                world: bench.world)
            corpus = FuzzCorpus(tokens.map { Array($0.exposed.utf8) }, pieces: pieces, bytesMax: 16_384)
            claims = FuzzCorpus([Array(bench.claims().utf8)], pieces: pieces)
            let rsa = bench.key.id
            headers = FuzzCorpus(
                ["RS256", "ES256"].flatMap { alg in
                    [rsa, "ec"].map { Array(#"{"alg":"\#(alg)","kid":"\#($0)","typ":"JWT"}"#.utf8) }
                }, pieces: pieces)
        }

        /// What the verifier makes of it: nil when it is refused as it has to be.
        func accepted(_ token: Secret) async throws -> Principal? {
            do {
                return try await verifier.verify(token)
            } catch let error as ServiceError where error.slug == "invalid-token" { return nil }
        }
    }

    @Test("bytes that were tokens: no crash; who is let in has sent a token as it was issued")
    func tokens() async throws {
        let signed = try await Signed()
        await Fuzzing.run(inputs: 800) { seed in
            let fuzz = FuzzInput(seed: seed, corpus: signed.corpus)
            let text = fuzz.random.int(in: 0...9) == 0 ? Self.excess(fuzz) : fuzz.bytes()
            let token = Secret(String(decoding: text, as: UTF8.self))
            return await Self.violation {
                guard let principal = try await signed.accepted(token) else { return nil }
                return signed.tokens.prefix(2).contains(token) ? nil : "let in as \(principal.id): \(token.exposed)"
            }
        }
    }

    @Test("parts put together anew: another header, claims or signature, another algorithm, no signature")
    func parts() async throws {
        let signed = try await Signed()
        await Fuzzing.run(inputs: 800) { seed in
            await Self.violation {
                let fuzz = FuzzInput(seed: seed, corpus: signed.claims)
                let header = FuzzInput(seed: seed &+ 1, corpus: signed.headers).bytes()
                let claims = fuzz.bytes()
                let input = Base64.encode(header) + "." + Base64.encode(claims)
                let signature = try Self.signature(of: input, fuzz, signed)
                let token = Secret(input + "." + Base64.encode(signature))
                guard let principal = try await signed.accepted(token) else { return nil }
                return "let in as \(principal.id): \(token.exposed)"
            }
        }
    }

    /// Any but that of the issuer's key over `input`.
    private static func signature(of input: String, _ fuzz: FuzzInput, _ signed: Signed) throws -> [UInt8] {
        switch fuzz.random.int(in: 0...3) {
        case 0: return []
        case 1: return try RS256.hmac(Array(input.utf8), withPublicHalfOf: signed.bench.key)
        case 2:
            // Of another token, as it is or changed.
            let token = signed.tokens[fuzz.random.int(in: 0...2)].exposed
            let known = Base64.decode(token.utf8.split(separator: UInt8(ascii: "."))[2]) ?? []
            return fuzz.random.int(in: 0...1) == 0 ? known : fuzz.mutated(known)
        default: return fuzz.random.bytes([0, 32, 63, 64, 65, 256, 512][fuzz.random.int(in: 0...6)])
        }
    }

    @Test("claims of any look, rightly signed: they are refused, or say what was signed")
    func claims() async throws {
        let signed = try await Signed()
        // A signature takes a millisecond or two.
        await Fuzzing.run(inputs: 150) { seed in
            await Self.violation {
                let claims = String(decoding: FuzzInput(seed: seed, corpus: signed.claims).bytes(), as: UTF8.self)
                let token = try signed.bench.sign(claims: claims)
                guard let principal = try await signed.accepted(token) else { return nil }
                let isSigned = claims.contains(principal.id) || claims.contains("\\")
                return isSigned ? nil : "let in as \(principal.id): \(claims)"
            }
        }
    }

    /// Large ones, and deep ones.
    private static func excess(_ fuzz: FuzzInput) -> [UInt8] {
        let count = fuzz.random.int(in: 1...20_000)
        switch fuzz.random.int(in: 0...4) {
        case 0: return Array(repeating: UInt8(ascii: "."), count: count)
        case 1: return Array(repeating: UInt8(ascii: "A"), count: count) + fuzz.known()
        case 2: return fuzz.known() + Array(repeating: UInt8(ascii: "A"), count: count)
        case 3:
            let nested = String(repeating: "[", count: min(count, 700)) + String(repeating: "]", count: min(count, 700))
            return Array("\(Base64.encode(Array("{\"alg\":\(nested)}".utf8))).e30.".utf8)
        default:
            let nested = Array("{\"iss\":\(String(repeating: "{\"a\":", count: min(count, 700)))".utf8)
            return Array("e30.\(Base64.encode(nested)).".utf8) + fuzz.known()
        }
    }

    private static func violation(_ body: () async throws -> String?) async -> String? {
        do { return try await body() } catch { return "an error that is none of a token's: \(error)" }
    }
}
