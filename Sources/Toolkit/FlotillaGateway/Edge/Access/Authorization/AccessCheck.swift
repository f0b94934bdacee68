internal import FlotillaCore

extension AccessPlan {
    /// What becomes of a request, once it is looked at who sends it.
    enum Verdict: Sendable {
        /// With who calls; nil: nobody who is known.
        case allowed(Caller?)
        /// With who calls, as far as that is known.
        case refused(AccessRefusal, Caller?)
        /// ``Authentication/findOut(_:)`` has to look at the token first; then ask again.
        case needsVerification(Secret)
    }

    /// Who sends a request, and whether they may. On a loop's thread.
    ///
    /// - Parameters:
    ///   - authentication: nil: nobody can be known.
    ///   - certificate: of the connection.
    ///   - address: as for ``decide(_:caller:address:now:)``.
    func check(
        _ head: borrowing some EdgeHead & ~Copyable, by authentication: Authentication?, certificate: ClientIdentity?,
        address: IPAddress? = nil, now: Timestamp
    ) -> Verdict {
        var caller: Caller?
        switch authentication?.find(head, certificate: certificate, now: now) {
        case nil, .nobody?: break
        case .caller(let found)?: caller = found
        case .unknownToken(let token)?: return .needsVerification(token)
        case .refused(let refusal)?: return .refused(refusal, nil)
        }
        switch decide(head, caller: caller, address: address, now: now) {
        case .allowed: return .allowed(caller)
        case .refused(let refusal): return .refused(refusal, caller)
        }
    }
}
