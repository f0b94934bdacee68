internal import FlotillaHTTP

/// Answers requests where a replica runs: what it is stopped with stops them too.
struct ReplicaResponder: PunctualResponder {
    let responder: any PunctualResponder
    let executor: any TaskExecutor

    func respond(to request: Request) async -> Response {
        await withTaskExecutorPreference(executor) { await responder.respond(to: request) }
    }
}
