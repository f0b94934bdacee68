/// A responder that may get no answer at all, and can say so instead of making one up.
///
/// Who puts breakers and retries around responders asks this way, for a problem that a service answered and a
/// service that cannot be reached are not the same.
public protocol DistantResponder: PunctualResponder {
    /// Like ``Responder/respond(to:)``. Ends by the request's deadline, whatever the network does.
    ///
    /// - Throws: an error of kind `unavailable` or `timeout` when there is no answer.
    func send(_ request: Request) async throws -> Response
}
