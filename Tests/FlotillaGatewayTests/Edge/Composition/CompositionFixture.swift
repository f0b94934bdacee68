internal import FlotillaConfiguration
internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization
internal import Testing

/// A plan from YAML, and upstreams that answer as a test says, on a clock that it moves.
struct CompositionFixture {
    typealias Answer = @Sendable (String, Request, CallContext) async throws -> Response

    let time = ManualTime()
    let plan: CompositionPlan
    let asked = Asked()

    /// What upstreams were asked, in the order of the calls.
    final class Asked: Sendable {
        private let state = Mutex<(all: [String], underWay: Int, most: Int)>(([], 0, 0))
        var all: [String] { state.withLock { $0.all } }
        /// How many were under way at once, at most.
        var most: Int { state.withLock { $0.most } }

        func begin(_ target: String) {
            state.withLock { state in
                state.all.append(target)
                state.underWay += 1
                state.most = max(state.most, state.underWay)
            }
        }

        func end() { state.withLock { $0.underWay -= 1 } }
    }

    init(_ text: String, captures: [String] = ["id"]) throws {
        plan = try Self.read(text, captures: captures)
    }

    static func read(_ text: String, captures: [String] = ["id"]) throws -> CompositionPlan {
        let file = ConfigurationFile(path: "gateway.yaml", text: text)
        let (plan, problems) = YAMLReader.read(file) { fields in
            CompositionPlan(from: &fields, captures: captures, upstreams: ["orders", "users", "catalog"])
        }
        guard problems.isEmpty, let plan else { throw ConfigurationError(problems) }
        return plan
    }

    static func problems(_ text: String) throws -> String {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        return error?.description ?? ""
    }

    func context(timeout: Duration = .seconds(5)) -> CallContext {
        var context = CallContext.root(World.manual(time), timeout: timeout)
        context.token = Secret("token-of-ada")
        context.principal = Principal(id: "ada", role: .customer)
        return context
    }

    func respond(
        captures: [String: String] = ["id": "7"], query: String = "", timeout: Duration = .seconds(5),
        _ answer: @escaping Answer
    ) async throws -> JSONValue {
        let asked = asked
        let composer = Composer(plan, time: time) { upstream, request, context in
            asked.begin("\(upstream)\(request.target)")
            defer { asked.end() }
            return try await answer(upstream, request, context)
        }
        let response = try await composer.respond(
            to: Request(.get, "/details", query: query), captures: captures, context(timeout: timeout))
        #expect(response.status == .ok)
        return try JSONValue(parsing: try await response.collect())
    }
}

extension Response {
    static func json(_ value: JSONValue) -> Response { .json(value.bytes()) }
}
