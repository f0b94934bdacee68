internal import FlotillaCore
internal import FlotillaTesting
internal import Synchronization
internal import Testing

@testable internal import FlotillaSecurity

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Keys made once for all tests of a run: making one takes a noticeable time.
enum Keys {
    static let first = Result { try SigningKey.generate() }
    static let second = Result { try SigningKey.generate() }
}

/// A key source that counts its calls and can be changed or made to fail.
final class ProbeJWKS: JWKSSource {
    private struct State {
        var json: [UInt8]
        var isFailing = false
        var calls = 0
    }
    private let state: Mutex<State>

    init(_ json: [UInt8]) { state = Mutex(State(json: json)) }

    var calls: Int { state.withLock { $0.calls } }
    func answer(_ json: [UInt8]) { state.withLock { $0.json = json } }
    func fail(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

    func jwks() async throws -> [UInt8] {
        try state.withLock { state in
            state.calls += 1
            if state.isFailing { throw ServiceError.unavailable("users") }
            return state.json
        }
    }
}

/// An issuer, a verifier and the clock they share.
struct TokenBench {
    static let issuer = "https://shop.example"
    static let audience = "shop"

    let time = ManualTime()
    let world: World
    let key: SigningKey
    let tokens: TokenIssuer
    let source: ProbeJWKS
    let verifier: TokenVerifier

    init(key: SigningKey? = nil, limits: TokenVerifier.Limits = .init()) throws {
        world = .manual(time)
        self.key = try key ?? Keys.first.get()
        tokens = TokenIssuer(issuer: Self.issuer, audience: Self.audience, key: self.key, world: world)
        source = ProbeJWKS(tokens.jwksJSON)
        verifier = TokenVerifier(
            issuer: Self.issuer, audience: Self.audience, keys: source, world: world, limits: limits)
    }

    func issue(_ id: String = "u1", lifetime: Duration = .seconds(900)) async throws -> Secret {
        try await tokens.issue(principal: Principal(id: id, role: .customer), lifetime: lifetime)
    }

    /// A token signed by our key over exactly this header and these claims.
    func sign(header: String? = nil, claims: String, key other: SigningKey? = nil) throws -> Secret {
        let header = header ?? #"{"alg":"RS256","kid":"\#(key.id)","typ":"JWT"}"#
        let input = Base64.encode(Array(header.utf8)) + "." + Base64.encode(Array(claims.utf8))
        let signature = try RS256.sign(Array(input.utf8), with: other ?? key)
        return Secret(input + "." + Base64.encode(signature))
    }

    func claims(_ changes: [String: String?] = [:]) -> String {
        let now = world.now.seconds
        var members: [String: String?] = [
            "iss": #""\#(Self.issuer)""#, "aud": #""\#(Self.audience)""#, "sub": #""u1""#, "role": #""customer""#,
            "iat": "\(now)", "exp": "\(now + 900)",
        ]
        for (name, value) in changes { members[name] = .some(value) }
        let text = members.sorted { $0.key < $1.key }.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{" + text.joined(separator: ",") + "}"
    }

    /// What the verifier says to `token`: nil when it accepts it.
    func refusal(_ token: Secret) async throws -> ServiceError? {
        do {
            _ = try await verifier.verify(token)
            return nil
        } catch let error as ServiceError { return error }
    }
}

extension TemporaryFolder {
    func mode(_ name: String) throws -> Int {
        var status = stat()
        try #require(stat(path(of: name), &status) == 0)
        return Int(status.st_mode) & 0o777
    }

    func setMode(_ name: String, _ mode: Int) throws { try #require(chmod(path(of: name), mode_t(mode)) == 0) }
}

func bytes(hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
