internal import FlotillaCore
internal import FlotillaTesting
@testable internal import FlotillaSecurity
internal import Testing

@Suite("Any bytes as keys") struct KeyFuzzTests {
    private static let pieces = [
        "{", "}", "[", "]", "\"", ",", ":", "null", "\"keys\":[", "\"kty\":\"RSA\"", "\"kty\":\"oct\"", "\"k\":\"AA\"",
        "\"use\":\"enc\"", "\"alg\":\"HS256\"", "\"kid\":\"\"", "\"e\":\"AQAB\"", "\"e\":\"\"", "\"e\":\"AA\"",
        "\"e\":\"AQ\"", "\"n\":\"\"", "\"n\":\"AA\"", "=", "-", "_", "+", "/", "\n", "\r\n", "\0", "\u{FF}", "-----",
        "-----BEGIN RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY-----\n", "-----BEGIN PUBLIC KEY-----\n",
        "-----BEGIN CERTIFICATE-----\n", "MIIE", "AgEA", "MAA", "Proc-Type: 4,ENCRYPTED\n", "[[[[[[[[[[[[",
    ]

    @Test("key sets: no crash; what comes out is a set whose keys have names, or `key-set`")
    func sets() async throws {
        let bench = try TokenBench(key: FuzzKeys.first.get())
        let both = TokenIssuer(
            issuer: TokenBench.issuer, audience: TokenBench.audience, key: bench.key,
            retired: [try FuzzKeys.second.get()], world: bench.world)
        let corpus = FuzzCorpus([bench.tokens.jwksJSON, both.jwksJSON], pieces: Self.pieces, bytesMax: 8_192)
        let token = try TokenParts(await bench.issue(), accepting: [.rs256])
        await Fuzzing.run(inputs: 400) { seed in
            let bytes = FuzzInput(seed: seed, corpus: corpus).bytes()
            do {
                let keys = try await VerificationKeys(jwks: bytes)
                guard let key = keys[bench.key.id] else { return nil }
                let isTrue = try key.isSignature(token.signature, of: token.signedBytes)
                // A key whose numbers were changed must not accept what the right one has signed.
                let isWhole = String(decoding: bytes, as: UTF8.self).contains(bench.key.modulus)
                return isTrue && !isWhole ? "a changed key accepts what the right one signed" : nil
            } catch let error as ServiceError where error.slug == "key-set" {
                return nil
            } catch { return "\(error)" }
        }
    }

    @Test("private keys in PEM: no crash; what comes out can sign, or `signing-key`")
    func privateKeys() async throws {
        let pem = try FuzzKeys.first.get().pem.exposed
        let corpus = FuzzCorpus(
            [Array(pem.utf8), Array(try FuzzKeys.second.get().pem.exposed.utf8)], pieces: Self.pieces, bytesMax: 8_192)
        await Fuzzing.run(inputs: 400) { seed in
            let text = String(decoding: FuzzInput(seed: seed, corpus: corpus).bytes(), as: UTF8.self)
            do {
                let key = try SigningKey(pem: Secret(text))
                return key.modulus.isEmpty || key.id.utf8.count != 43 ? "a key without numbers: \(text)" : nil
            } catch let error as ServiceError where error.slug == "signing-key" {
                return nil
            } catch { return "\(error)" }
        }
    }
}
