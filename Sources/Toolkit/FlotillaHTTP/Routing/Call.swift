public import FlotillaCore
public import HTTPTypes

/// One request on its way through a route, with what has been found out about it.
public struct Call: Sendable {
    /// As it came.
    public let request: Request
    /// Trace, correlation, caller and deadline, to be passed on.
    public let context: CallContext
    /// The values of the path's placeholders, percent-decoded.
    let pathValues: [(name: String, value: String)]

    /// The verified caller; nil for anonymous calls.
    public var principal: Principal? { context.principal }

    /// The verified caller.
    ///
    /// - Throws: `not-signed-in` (401) when there is none; never on a route for signed-in callers.
    public var signedIn: Principal {
        get throws(ServiceError) {
            guard let principal else { throw Access.notSignedIn }
            return principal
        }
    }

    /// The value of a placeholder of the path, `{name}`, which must be one of the route's template.
    public func parameter(_ name: String) -> String {
        guard let pair = pathValues.first(where: { $0.name == name }) else {
            preconditionFailure("the route \(request.path) has no {\(name)} in its template")
        }
        return pair.value
    }

    /// The ID in a placeholder of the path.
    ///
    /// - Throws: `not-found` (404) when it is no ID: then there is nothing of that name either.
    public func id<ID: TypedID>(_ name: String, as type: ID.Type = ID.self) throws(ServiceError) -> ID {
        guard let id = ID(parameter(name)) else {
            var thing = String(describing: ID.self)
            if thing.hasSuffix("ID") { thing.removeLast(2) }
            throw .notFound(thing.isEmpty ? "thing" : thing.lowercased())
        }
        return id
    }

    /// The value of a header field; several of one name are joined by commas.
    public func header(_ name: HTTPField.Name) -> String? { request.headers[name] }

    /// The `Idempotency-Key`.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: `idempotency-key-invalid` (400) when it is not 1 to 128 visible ASCII characters.
    public func idempotencyKey() throws(ServiceError) -> String? {
        guard let key = header(.idempotencyKey) else { return nil }
        guard key.isVisibleASCII(lengthMax: 128) else {
            throw ServiceError(
                .malformed, "idempotency-key-invalid",
                "The header Idempotency-Key must be 1 to 128 visible ASCII characters; a UUID is a good one.")
        }
        return key
    }

    /// The `Idempotency-Key`, on routes that cannot do without.
    ///
    /// - Throws: `idempotency-key-missing` or `idempotency-key-invalid` (400).
    public func requiredIdempotencyKey() throws(ServiceError) -> String {
        guard let key = try idempotencyKey() else {
            throw ServiceError(
                .malformed, "idempotency-key-missing",
                "Send the header Idempotency-Key: one new value (a UUID, say) for each thing you want done, "
                    + "and the same value when you repeat the request.")
        }
        return key
    }
}

extension String {
    /// Whether it has 1 to `lengthMax` characters from `!` to `~` and no others.
    func isVisibleASCII(lengthMax: Int) -> Bool {
        (1...lengthMax).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
