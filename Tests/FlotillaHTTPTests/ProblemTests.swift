internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

private struct Hidden: Error { let password = "sail-on" }

@Suite("Problem details") struct ProblemTests {
    private func document(_ response: Response) throws -> JSONValue {
        try JSONValue(parsing: try #require(response.bytes))
    }

    @Test("every kind of error has its status", arguments: [
        (ErrorKind.malformed, 400), (.invalid, 422), (.unauthenticated, 401), (.denied, 403), (.notFound, 404),
        (.conflict, 409), (.tooLarge, 413), (.limited, 429), (.unavailable, 503), (.timeout, 504), (.internal, 500),
    ])
    func status(kind: ErrorKind, code: Int) throws {
        let response = Problem.response(for: ServiceError(kind, "some-slug", "What to do."), traceID: "t")
        #expect(response.status.code == code)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(try document(response) == [
            "type": "/problems/some-slug", "title": "Some slug", "status": .integer(Int64(code)),
            "detail": "What to do.", "traceId": "t",
        ])
    }

    @Test("wrong fields are listed")
    func fields() throws {
        let response = Problem.response(for: ServiceError.invalid(field: "items[0]", "is wrong"), traceID: "")
        #expect(try document(response)["errors"] == [["field": "items[0]", "message": "is wrong"]])
        #expect(try document(response)["traceId"] == nil)
    }

    @Test("nothing of an unknown error gets out")
    func unknown() throws {
        let response = Problem.response(for: Hidden(), traceID: "t")
        #expect(response.status == .internalServerError)
        let document = try document(response)
        #expect(document["type"] == "/problems/internal")
        #expect(!document.description.contains("sail-on"))
        let caused = ServiceError(.conflict, "taken", "It is taken.", cause: Hidden())
        #expect(!(try self.document(Problem.response(for: caused, traceID: "t"))).description.contains("sail-on"))
    }

    @Test("503 and 429 say when to come back, in whole seconds", arguments: [
        (ServiceError.unavailable("Payments", retryAfter: .milliseconds(1_200)), "2"),
        (ServiceError(.unavailable, "full", "Full."), "5"),
        (ServiceError(.limited, "rate-limited", "Slow down.", retryAfter: .milliseconds(10)), "1"),
    ])
    func retryAfter(error: ServiceError, seconds: String) {
        #expect(Problem.response(for: error, traceID: "").headers[.retryAfter] == seconds)
    }

    @Test("401 says which scheme is wanted")
    func challenge() {
        let anonymous = ServiceError(.unauthenticated, "not-signed-in", "Sign in.")
        #expect(Problem.response(for: anonymous, traceID: "").headers[.wwwAuthenticate] == "Bearer")
        let invalid = ServiceError(.unauthenticated, "invalid-token", "Expired.")
        let challenge = Problem.response(for: invalid, traceID: "").headers[.wwwAuthenticate]
        #expect(challenge == "Bearer error=\"invalid_token\"")
    }

    @Test("405 names the methods there are")
    func allow() {
        let response = Problem.response(for: StatusError.methodNotAllowed("PUT", allowed: ["GET", "HEAD"]), traceID: "")
        #expect(response.status.code == 405)
        #expect(response.headers[.allow] == "GET, HEAD")
    }
}
