internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaSecurity
internal import FlotillaStorage
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopUsers

@Suite struct SessionTests {
    @Test("each renewal gives new tokens and ends the old refresh token")
    func rotation() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        var tokens = try await bench.signIn()
        for _ in 0..<3 {
            bench.time.advance(by: .seconds(86_400))
            let reply = try await bench.refresh(tokens.refresh)
            #expect(reply.status == 200)
            let next = try bench.tokens(reply)
            #expect(next.refresh != tokens.refresh)
            #expect(try await bench.send(.get, "/api/v1/users/me", token: next.access).status == 200)
            tokens = next
        }
        #expect(try await bench.count("SELECT COUNT(*) FROM sessions") == 1)
    }

    @Test("a refresh token used twice ends its session, and no other")
    func reuse() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let (stolen, other) = (try await bench.signIn(), try await bench.signIn())
        let thief = try bench.tokens(try await bench.refresh(stolen.refresh))
        #expect(try await bench.refresh(stolen.refresh).slug == "invalid-refresh-token")
        #expect(try await bench.refresh(thief.refresh).slug == "invalid-refresh-token")
        #expect(try await bench.refresh(other.refresh).status == 200)
    }

    @Test("of several who present one token at once, one gets through, and the session ends")
    func concurrentReuse() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        let replies = try await withThrowingTaskGroup(of: UsersBench.Reply.self) { group in
            for _ in 0..<4 { group.addTask { try await bench.refresh(tokens.refresh) } }
            return try await group.reduce(into: [UsersBench.Reply]()) { $0.append($1) }
        }
        #expect(replies.map(\.status).sorted() == [200, 401, 401, 401])
        let winner = try bench.tokens(try #require(replies.first { $0.status == 200 }))
        #expect(try await bench.refresh(winner.refresh).status == 401)
    }

    @Test("a refresh token lives for thirty days from its renewal")
    func expiry() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        bench.time.advance(by: .seconds(30 * 86_400 - 1))
        let renewed = try bench.tokens(try await bench.refresh(tokens.refresh))
        bench.time.advance(by: .seconds(30 * 86_400))
        #expect(try await bench.refresh(renewed.refresh).status == 401)
    }

    @Test("what is no refresh token is refused and ends nothing", arguments: [
        "x", "a.b.c", "..", "SESSION.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "SESSION.2.SECRET",
        "SESSION.-1.SECRET", "SESSION.1.SECRET.x", "01ARZ3NDEKTSV4RRFFQ69G5FAV.1.SECRET",
    ])
    func garbage(text: String) async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        let parts = tokens.refresh.split(separator: ".")
        let token = text.replacing("SESSION", with: parts[0]).replacing("SECRET", with: parts[2])
        let reply = try await bench.refresh(token)
        #expect(reply.status == 401)
        #expect(reply.slug == "invalid-refresh-token")
        #expect(try await bench.refresh(tokens.refresh).status == 200)
    }

    @Test("signing out ends the session, and doing it again is no error")
    func signOut() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let (tokens, other) = (try await bench.signIn(), try await bench.signIn())
        for _ in 0..<2 {
            #expect(try await bench.send(.delete, "/api/v1/sessions/current", token: tokens.access).status == 204)
        }
        #expect(try await bench.refresh(tokens.refresh).status == 401)
        #expect(try await bench.refresh(other.refresh).status == 200)
        #expect(try await bench.send(.delete, "/api/v1/sessions/current").status == 401)
    }

    @Test("of a refresh token only a digest is stored")
    func onlyDigests() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        let stored = try await bench.database.read { try $0.first("SELECT digest FROM sessions") { $0.bytes(0) } }
        let token = try #require(RefreshToken(Secret(tokens.refresh)))
        #expect(stored == token.secret.digest)
        #expect(!tokens.refresh.contains(String(decoding: stored ?? [], as: UTF8.self)))
    }

    @Test("expired sessions are deleted, others are not")
    func prune() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        _ = try await bench.signIn()
        bench.time.advance(by: .seconds(15 * 86_400))
        let young = try await bench.signIn()
        bench.time.advance(by: .seconds(15 * 86_400))
        let job = try #require(bench.parts.jobs.first { $0.name == "prune-sessions" })
        try await job.run(.root(bench.world, timeout: .seconds(5)))
        #expect(try await bench.count("SELECT COUNT(*) FROM sessions") == 1)
        #expect(try await bench.refresh(young.refresh).status == 200)
    }

    @Test("the session's own rules")
    func rules() {
        let start = Timestamp(seconds: 1_767_225_600)
        let session = Session(
            id: SessionID(unchecked: "s"), userID: UserID(unchecked: "u"), generation: 3, digest: [1],
            createdAt: start, renewedAt: start, expiresAt: start + .seconds(100))
        func present(_ generation: Int, _ isRight: Bool, _ session: Session, after: Duration) -> Session.Renewal {
            session.renewed(
                generation: generation, isSecretRight: isRight, next: [2], now: start + after, lifetime: .seconds(50))
        }
        guard case .renewed(let renewed) = present(3, true, session, after: .seconds(99)) else {
            Issue.record("the newest token was refused")
            return
        }
        #expect(renewed.generation == 4)
        #expect(renewed.digest == [2])
        #expect(renewed.expiresAt == start + .seconds(149))
        #expect(present(3, true, session, after: .seconds(100)) == .refused)
        #expect(present(3, false, session, after: .zero) == .refused)
        #expect(present(4, true, session, after: .zero) == .refused)
        guard case .reused(let revoked) = present(2, false, session, after: .seconds(1)) else {
            Issue.record("an older token was not noticed")
            return
        }
        #expect(revoked.revokedAt == start + .seconds(1))
        #expect(present(3, true, revoked, after: .seconds(2)) == .refused)
    }
}
