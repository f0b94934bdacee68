internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// The token endpoint of OAuth 2.0 (RFC 6749). The one grant so far is `refresh_token`.
///
/// Its errors have OAuth's own shape, `{"error": …, "error_description": …}`, since its clients know no other.
struct OAuthRoute: Sendable {
    let context: UsersContext

    /// The refusals of RFC 6749, section 5.2.
    private struct Refusal: Error {
        var code: String
        var description: String
    }

    func add(to routes: inout Routes) {
        routes.addRaw(
            .post, "/oauth/token", access: .anyone, summary: "Exchange a grant for tokens (OAuth 2.0)",
            produces: "application/json"
        ) { call in
            do {
                return Self.answer(try await exchange(call))
            } catch let refusal as Refusal {
                return Self.answer(refusal)
            }
        }
    }

    private func exchange(_ call: Call) async throws -> SignedIn {
        let form = try form(of: call.request)
        guard let grant = try form.only("grant_type") else {
            throw Refusal(code: "invalid_request", description: "The parameter grant_type is missing.")
        }
        guard grant == "refresh_token" else {
            throw Refusal(
                code: "unsupported_grant_type",
                description: "The only grant type is refresh_token; the first one comes from POST /api/v1/sessions.")
        }
        guard let token = try form.only("refresh_token") else {
            throw Refusal(code: "invalid_request", description: "The parameter refresh_token is missing.")
        }
        do {
            return try await RefreshSession(context: context)(Secret(token), call.context)
        } catch UserError.invalidRefreshToken {
            throw Refusal(code: "invalid_grant", description: UserError.invalidRefreshToken.detail)
        }
    }

    /// Parameters nobody knows are ignored, as section 3.2 asks.
    private func form(of request: Request) throws -> Form {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw Refusal(
                code: "invalid_request", description: "The body must be application/x-www-form-urlencoded.")
        }
        guard let text = String(validating: request.body, as: UTF8.self) else {
            throw Refusal(code: "invalid_request", description: "The body is not valid UTF-8.")
        }
        do throws(ServiceError) {
            return Form(parameters: try Parameters(parsing: text))
        } catch {
            throw Refusal(code: "invalid_request", description: error.detail)
        }
    }

    private struct Form {
        var parameters: Parameters

        /// The value of a parameter that may be given once; empty counts as missing.
        func only(_ name: String) throws -> String? {
            let values = parameters.values(of: name)
            guard values.count <= 1 else {
                throw Refusal(code: "invalid_request", description: "The parameter \(name) is given twice.")
            }
            return values.first.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    private static func answer(_ signedIn: SignedIn) -> Response {
        var json = JSONWriter()
        json.object { json in
            json.field("access_token", signedIn.accessToken.exposed)
            json.field("token_type", "Bearer")
            json.field("expires_in", signedIn.accessLifetime.components.seconds)
            json.field("refresh_token", signedIn.refreshToken.text.exposed)
        }
        return .json(json.bytes, headers: [.cacheControl: "no-store"])
    }

    private static func answer(_ refusal: Refusal) -> Response {
        var json = JSONWriter()
        json.object { json in
            json.field("error", refusal.code)
            json.field("error_description", refusal.description)
        }
        return .json(json.bytes, status: .badRequest, headers: [.cacheControl: "no-store"])
    }
}
