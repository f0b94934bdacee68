internal import FlotillaCore
internal import FlotillaSecurity
internal import FlotillaTesting
internal import Synchronization
internal import Testing

@Suite("Keys that are kept for when their issuer is away") struct KeptKeysTests {
    private static let issuer = "https://shop.example"
    private static let at = Timestamp(seconds: 1_790_000_000)

    private func keys(_ issuer: String = Self.issuer) async throws -> KeptKeys {
        try await KeptKeys(json: TokenBench().tokens.jwksJSON, issuer: issuer, confirmedAt: Self.at)
    }

    @Test("come back as they were, with when they were confirmed, and only for their issuer")
    func roundTrip() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "keys")
        #expect(try KeptKeys.read(path, issuer: Self.issuer) == nil)
        let kept = try await keys()
        try kept.write(to: path)
        #expect(try KeptKeys.read(path, issuer: Self.issuer) == kept)
        #expect(try KeptKeys.read(path, issuer: "https://other.example") == nil)
        #expect(try folder.mode("keys") == 0o600)
        let later = try await KeptKeys(
            json: kept.json, issuer: Self.issuer, confirmedAt: Self.at + .seconds(60))
        try later.write(to: path)
        #expect(try KeptKeys.read(path, issuer: Self.issuer)?.confirmedAt == Self.at + .seconds(60))
    }

    @Test("are not taken from what is no key set, nor from a file that others may write")
    func refused() async throws {
        await #expect(throws: ServiceError.self) {
            _ = try await KeptKeys(json: Array("{}".utf8), issuer: Self.issuer, confirmedAt: Self.at)
        }
        let folder = try TemporaryFolder()
        let path = folder.path(of: "keys")
        try await keys().write(to: path)
        try folder.setMode("keys", 0o666)
        #expect(throws: ServiceError.self) { try KeptKeys.read(path, issuer: Self.issuer) }
    }

    /// Says what its issuer said last while that is away.
    private final class Keeper: JWKSSource {
        private let state: Mutex<(keys: IssuedKeys, asked: [Bool])>

        init(_ json: [UInt8]) { state = Mutex((IssuedKeys(json: json, isCurrent: false), [])) }

        /// What was asked: whether it was urgent.
        var asked: [Bool] { state.withLock { $0.asked } }
        func say(_ json: [UInt8]) { state.withLock { $0.keys = IssuedKeys(json: json) } }
        func jwks() async throws -> [UInt8] { try await keys(isUrgent: true).json }

        func keys(isUrgent: Bool) async throws -> IssuedKeys {
            state.withLock { state in
                state.asked.append(isUrgent)
                return state.keys
            }
        }
    }

    @Test("check tokens; a key that is not among them is no proof of a bad token; the issuer is soon asked again")
    func provisional() async throws {
        let bench = try TokenBench()
        let keeper = Keeper(bench.tokens.jwksJSON)
        var limits = TokenVerifier.Limits()
        limits.cachedTokensMax = 1
        let verifier = TokenVerifier(
            issuer: TokenBench.issuer, audience: TokenBench.audience, keys: keeper, world: bench.world, limits: limits)
        _ = try await verifier.verify(bench.issue("u1"))
        let rotated = TokenIssuer(
            issuer: TokenBench.issuer, audience: TokenBench.audience, key: try Keys.second.get(),
            retired: [bench.key], world: bench.world)
        let new = try await rotated.issue(principal: Principal(id: "u2", role: .admin), lifetime: .seconds(900))
        let error = await #expect(throws: ServiceError.self) { try await verifier.verify(new) }
        #expect(error?.slug == "token-keys-unavailable", "not `invalid-token`: it may well be valid")
        #expect(keeper.asked == [false], "asked a moment ago")
        bench.time.advance(by: .seconds(1))
        await #expect(throws: ServiceError.self) { try await verifier.verify(new) }
        #expect(keeper.asked == [false, true])
        bench.time.advance(by: .seconds(1))
        _ = try await verifier.verify(bench.issue("u3"))
        #expect(keeper.asked == [false, true, false])
        // The issuer is back, and has another key.
        keeper.say(rotated.jwksJSON)
        bench.time.advance(by: .seconds(1))
        _ = try await verifier.verify(new)
        _ = try await verifier.verify(bench.issue("u4"))
        #expect(keeper.asked == [false, true, false, true], "and then no more for an hour")
    }
}
