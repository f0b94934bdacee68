internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization

/// A cache in front of an origin that answers as it is told and remembers what it was asked.
struct CacheFixture {
    let time: ManualTime
    let world: World
    let cache: AnswerCache
    let origin = Origin()
    let revalidations = Revalidations()

    init(_ store: CacheStorePlan = CacheStorePlan()) {
        time = ManualTime()
        world = World.manual(time)
        cache = AnswerCache(store)
    }

    func route(_ plan: CachePlan = CachePlan(), scope: String = "route") -> RouteCache {
        RouteCache(cache, plan, scope: scope, revalidations: revalidations, world: world)
    }

    /// Sends a request through the cache of a plain route.
    func get(
        _ target: String = "/a", _ headers: HTTPFields = [:], method: HTTPRequest.Method = .get,
        plan: CachePlan = CachePlan(), scope: String = "route", isKnown: Bool = false
    ) async throws -> Response {
        let origin = origin
        return try await route(plan, scope: scope).answer(
            to: Self.request(target, headers, method: method), isKnown: isKnown
        ) { try await origin.answer($0) }
    }

    static func request(
        _ target: String = "/a", _ headers: HTTPFields = [:], method: HTTPRequest.Method = .get
    ) -> Request {
        var request = Request(method, target: target, headers: headers)
        request.authority = "shop.example"
        return request
    }

    /// Of the fixture's clock, as HTTP writes it.
    func date(_ offset: Int64 = 0) -> String { HTTPDates.text(world.now.seconds + offset) }
}

/// What stands behind the cache of a test.
final class Origin: Sendable {
    typealias Script = @Sendable (Request, Int) async throws -> Response

    private let script = Mutex<Script> { request, number in .text("\(request.target) \(number)") }
    private let asked = Mutex<[Request]>([])

    var requests: [Request] { asked.withLock { $0 } }
    var count: Int { requests.count }

    /// How requests are answered from now on; they are numbered from 1.
    func answer(with script: @escaping Script) { self.script.withLock { $0 = script } }

    /// Every request gets these fields and a body with its number.
    func answer(_ headers: HTTPFields, status: HTTPResponse.Status = .ok) {
        answer { request, number in
            Response(status, headers: headers, body: .bytes(Array("\(request.target) \(number)".utf8)))
        }
    }

    func answer(_ request: Request) async throws -> Response {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        return try await script.withLock { $0 }(request, number)
    }
}

extension Response {
    var text: String { String(decoding: bytes ?? [], as: UTF8.self) }

    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

    /// What the cache says it did.
    var course: String { field("Cache-Status") ?? "" }
}
