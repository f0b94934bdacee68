public import FlotillaCore
public import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

/// Answers requests by asking several upstreams, as a ``CompositionPlan`` says.
///
/// Each call goes on with the caller's token, trace and deadline. Calls are children of the task that asks; when a
/// required part cannot be had the others are cancelled. Safe to share between tasks.
public struct Composer: Sendable {
    /// Asks an upstream, by its name. It must end soon after its task is cancelled; what it answers may be a stream.
    public typealias Fetch =
        @Sendable (_ upstream: String, _ request: Request, _ context: CallContext) async throws -> Response

    private let plan: CompositionPlan
    private let time: any TimeSource
    private let fetch: Fetch

    /// - Parameters:
    ///   - time: the clock that deadlines are on.
    ///   - fetch: through which guards the calls go is its business.
    public init(_ plan: CompositionPlan, time: any TimeSource, fetch: @escaping Fetch) {
        self.plan = plan
        self.time = time
        self.fetch = fetch
    }

    /// The composed answer: one JSON object (200), whose `partial` names the parts that could not be had.
    ///
    /// - Parameters:
    ///   - captures: what the placeholders of the route's path stand for, decoded.
    ///   - context: its deadline holds for the whole; the timeouts of parts can only shorten it.
    /// - Throws: the problem that a required part was answered with (``UpstreamProblem``); `timeout`; `unfit-answer`
    ///   when the parts that it needs do not say what to ask for; `malformed-query`; what the calls throw.
    public func respond(
        to request: Request, captures: [String: String], _ context: CallContext
    ) async throws -> Response {
        let inputs = CompositionRun.Inputs(
            captures: captures, query: try Parameters(parsing: request.query), callerID: context.principal?.id)
        let language = request.headers[.acceptLanguage]
        let answer = try await withThrowingTaskGroup(of: Ended.self) { group in
            // Leaving the group cancels the calls that nobody waits for any more.
            defer { group.cancelAll() }
            var run = CompositionRun(plan, inputs)
            while true {
                for ask in run.begin() {
                    group.addTask { await self.call(ask, language, context) }
                }
                switch run.outcome {
                case .answer(let value): return value
                case .failed(let error): throw error
                case nil: break
                }
                guard let ended = try await group.next() else {
                    throw ServiceError(.internal, "internal", "A composition has nothing to wait for.")
                }
                try Task.checkCancellation()
                run.end(ended.ask, ended.result, bytes: ended.bytes)
            }
        }
        return .json(answer.bytes())
    }

    /// How a call went.
    private struct Ended: Sendable {
        var ask: CompositionRun.Ask
        var result: Result<JSONValue, any Error>
        var bytes = 0
    }

    private func call(_ ask: CompositionRun.Ask, _ language: String?, _ context: CallContext) async -> Ended {
        var context = context
        context.deadline = context.deadline.shortened(to: ask.timeout, on: time)
        do {
            let found = try await withDeadline(context, on: time, of: ask.upstream) { context in
                try await self.asked(ask, language, context)
            }
            return Ended(ask: ask, result: .success(found.value), bytes: found.bytes)
        } catch {
            return Ended(ask: ask, result: .failure(error))
        }
    }

    private func asked(
        _ ask: CompositionRun.Ask, _ language: String?, _ context: CallContext
    ) async throws -> (value: JSONValue, bytes: Int) {
        var request = Request(.get, ask.path, query: ask.query)
        request.headers[.accept] = "application/json"
        request.headers[.acceptLanguage] = language
        request.carry(context)
        let response = try await fetch(ask.upstream, request, context)
        let bytes = try await response.collect(bytesMax: plan.bytesMax)
        guard response.status.kind == .successful else {
            // The problem document is a courtesy: without it the status still counts.
            throw UpstreamProblem(ask.upstream, response, try? JSONValue(parsing: bytes))
        }
        do {
            return (try JSONValue(parsing: bytes, bytesMax: plan.bytesMax), bytes.count)
        } catch {
            throw ServiceError(
                .unavailable, "unreadable-answer", "\(ask.upstream) answered something that cannot be read.",
                cause: error)
        }
    }
}
