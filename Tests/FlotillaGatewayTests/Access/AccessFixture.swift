internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaSecurity
internal import Synchronization

@testable internal import FlotillaGateway

/// Keys made once for all tests of a run: making one takes a noticeable time.
enum IssuerKey {
    static let first = Result { try SigningKey.generate() }
    static let second = Result { try SigningKey.generate() }
}

/// A key source that counts its calls and can be changed or made to fail.
final class CountedKeys: JWKSSource {
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

/// An issuer, and the gateway that believes it.
struct AccessBench {
    static let issuer = "https://shop.example"
    static let audience = "shop"

    let time = ManualTime()
    let world: World
    let tokens: TokenIssuer
    let source: CountedKeys
    let authentication: Authentication

    init(_ plan: AuthenticationPlan = AuthenticationPlan(), rememberedMax: Int = 100) throws {
        world = .manual(time)
        tokens = TokenIssuer(
            issuer: Self.issuer, audience: Self.audience, key: try IssuerKey.first.get(), world: world)
        let source = CountedKeys(tokens.jwksJSON)
        self.source = source
        var plan = plan
        plan.tokens = Self.tokens(rememberedMax)
        authentication = Authentication(plan, world: world) { _ in source }
    }

    static func tokens(_ rememberedMax: Int = 100) -> AuthenticationPlan.Tokens {
        AuthenticationPlan.Tokens(
            issuer: issuer, audience: audience, keys: .file("keys.json"), algorithms: [.rs256, .es256],
            claims: ClaimNames(), keysAgeMax: .seconds(3_600), lifetimeMax: .seconds(3_600),
            rememberedMax: rememberedMax)
    }

    func issue(
        _ id: String = "u1", _ role: Principal.Role = .customer, scopes: [String] = [],
        lifetime: Duration = .seconds(900)
    ) async throws -> Secret {
        try await tokens.issue(principal: Principal(id: id, role: role, scopes: scopes), lifetime: lifetime)
    }

    /// What a request with that token comes to, without anything being found out.
    func look(_ token: Secret, fields: [ForwardedFields.Field] = []) -> Authentication.Finding {
        let bearer = ForwardedFields.Field(name: "authorization", value: "Bearer \(token.exposed)")
        return authentication.find(PlainHead(fields: [bearer] + fields), certificate: nil, now: world.now)
    }

    /// The same as a door has it: what is not known is found out, and then looked at again.
    func find(_ token: Secret, fields: [ForwardedFields.Field] = []) async -> Authentication.Finding {
        if case .unknownToken(let unknown) = look(token, fields: fields) {
            await authentication.findOut(unknown)
        }
        return look(token, fields: fields)
    }
}

extension Authentication.Finding {
    var caller: Caller? { if case .caller(let caller) = self { caller } else { nil } }
    var refusal: AccessRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
    var isUnknownToken: Bool { if case .unknownToken = self { true } else { false } }
    var isNobody: Bool { if case .nobody = self { true } else { false } }
}

extension AccessPlan.Outcome {
    var isAllowed: Bool { if case .allowed = self { true } else { false } }
    var refusal: AccessRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}

extension Caller {
    /// Somebody with a token.
    static func user(
        _ id: String, _ role: Principal.Role = .customer, tier: String = "free", region: String = "",
        scopes: [String] = []
    ) -> Caller? {
        Caller(
            user: User(
                Principal(id: id, role: role, tier: tier, region: region, scopes: scopes),
                expiresAt: Timestamp(seconds: 2_000_000_000)))
    }

    static func application(_ name: String, _ permissions: [String], perHour: Int? = nil) -> Application {
        Application(
            AuthenticationPlan.APIKey(
                name: name, digest: SecretDigest(of: Secret(name)), permissions: permissions, perHour: perHour,
                tier: "free"))
    }

    static func machine(_ id: String) -> Machine {
        Machine(AuthenticationPlan.Certificate(match: .name(id), id: id, role: "service", tier: "free"))
    }

    var fields: [String] {
        var fields: [String] = []
        forEachField { fields.append("\($0.name): \($0.value)") }
        return fields
    }
}

/// What a file says of access to one route.
struct AccessFile {
    var authentication: AuthenticationPlan?
    var section: AccessSection
    var plan: AccessPlan
    var problems: String

    /// - Parameters:
    ///   - path: the route's.
    ///   - isOpen: whether callers may be known though the file does not say how.
    init(_ text: String, path: String = "/users/{userId}/orders/{rest...}", isOpen: Bool = true) {
        let read = YAMLReader.read(ConfigurationFile(path: "gateway.yaml", text: text)) { fields in
            let plan = fields.optionalGroup("authentication", "Who calls.") { AuthenticationPlan(from: &$0) }
            var known = plan
            if isOpen, known?.tokens == nil {
                known = known ?? AuthenticationPlan()
                known?.tokens = AccessBench.tokens()
            }
            let section = AccessSection(from: &fields, authentication: known)
            // A route of its own, since the section of rules has the same key.
            let route = fields.optionalGroup("route", "The route.") { section.plan(from: &$0, path: PathPattern(path)) }
            return (plan, section, route ?? .anyone)
        }
        authentication = read.value?.0
        section = read.value?.1 ?? .none
        plan = read.value?.2 ?? .anyone
        problems = read.problems.map(\.description).joined(separator: "\n")
    }
}
