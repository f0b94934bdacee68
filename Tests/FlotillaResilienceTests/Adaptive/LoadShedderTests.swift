internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Load shedder") struct LoadShedderTests {
    private let time = ManualTime()
    private let tight = AdaptiveLimit(limitMin: 1, limitMax: 10, limitStart: 1, retryAfter: .seconds(3))

    @Test("it says what it did, by which policy, and when to come back")
    func refusal() throws {
        let shedder = LoadShedder(target: "gateway", name: "door", policy: tight, time: time)
        let permit = try shedder.admit(.standard)
        let error = #expect(throws: ServiceError.self) { try shedder.admit(.critical) }
        #expect(error?.slug == "overloaded" && error?.kind == .unavailable && error?.retryAfter == .seconds(3))
        #expect(error?.detail.contains("'door' of gateway, critical requests") == true)
        shedder.finish(permit, .success)
        shedder.finish(try shedder.admit(.background), .success)
        let shot = shedder.snapshot()
        #expect(shot.calls.map(\.admitted) == [0, 1, 1] && shot.calls.map(\.shed) == [1, 0, 0])
        #expect(shot.inFlight == 0 && shot.limit == 1 && !shot.isForced && shot.target == "gateway")
    }

    @Test("what it lets in leaves again, whether it succeeds, fails or is cancelled")
    func leaving() async throws {
        let shedder = LoadShedder(target: "gateway", name: "door", policy: tight, time: time)
        for _ in 0..<3 { #expect(try await shedder.run(.standard) { 7 } == 7) }
        await #expect(throws: ServiceError.self) {
            try await shedder.run(.standard) { throw ServiceError(.internal, "broken", "It broke.") }
        }
        await #expect(throws: CancellationError.self) {
            try await shedder.run(.standard) { throw CancellationError() }
        }
        #expect(shedder.snapshot().inFlight == 0)
        #expect(shedder.snapshot().calls.map(\.shed) == [0, 0, 0])
    }

    @Test("each target has one, made by whoever asks first")
    func registry() {
        let shedders = LoadShedders(time: time)
        let gateway = shedders.shedder(for: "gateway", name: "door", policy: .door)
        #expect(shedders.shedder(for: "gateway", name: "other", policy: tight) === gateway)
        _ = shedders.shedder(for: "catalog", name: "tight", policy: tight)
        #expect(shedders.snapshots().map(\.target) == ["catalog", "gateway"])
        #expect(shedders["gateway"] === gateway && shedders["nobody"] == nil)
        gateway.adopt(tight, name: "tight")
        gateway.force(5)
        #expect(shedders["gateway"]?.snapshot().name == "tight")
        #expect(gateway.snapshot().limit == 5 && gateway.snapshot().isForced)
    }
}
