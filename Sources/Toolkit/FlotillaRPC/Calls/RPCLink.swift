/// What lies between the services of a process that call each other: nothing, usually.
///
/// A simulation puts a network there, which delays, loses and doubles what it carries.
public protocol RPCLink: Sendable {
    /// Carries one request from `caller` to `callee` and its answer back.
    ///
    /// - Parameters:
    ///   - method: `GetProducts`.
    ///   - exchange: delivers the request and returns the answer. May be run more than once, as a network may deliver
    ///     twice, or not at all.
    /// - Throws: what `exchange` throws, or what the network does to it.
    func carry<Answer: Sendable>(
        from caller: String, to callee: String, method: String, _ exchange: @Sendable () async throws -> Answer
    ) async throws -> Answer
}
