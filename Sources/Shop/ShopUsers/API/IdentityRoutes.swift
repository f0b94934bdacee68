internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSecurity
internal import HTTPTypes

/// What makes Users an identity provider others can be pointed at: its keys and its description (RFC 7517,
/// RFC 8414, OpenID Connect Discovery 1.0).
struct IdentityRoutes: Sendable {
    let context: UsersContext

    func add(to routes: inout Routes) {
        let tokens = context.tokens
        let description = Self.description(issuer: tokens.issuer)
        routes.addRaw(
            .get, "/.well-known/jwks.json", access: .anyone, summary: "The public keys of the token issuer",
            produces: "application/json"
        ) { _ in .json(tokens.jwksJSON, headers: [.cacheControl: "public, max-age=300"]) }
        routes.addRaw(
            .get, "/.well-known/openid-configuration", access: .anyone, summary: "What the token issuer can do",
            produces: "application/json"
        ) { _ in .json(description, headers: [.cacheControl: "public, max-age=300"]) }
    }

    private static func description(issuer: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("issuer", issuer)
            json.field("jwks_uri", issuer + "/.well-known/jwks.json")
            json.field("token_endpoint", issuer + "/oauth/token")
            json.field("userinfo_endpoint", issuer + "/api/v1/users/me")
            json.field("grant_types_supported", ["refresh_token"])
            json.field("response_types_supported", [String]())
            json.field("subject_types_supported", ["public"])
            json.field("id_token_signing_alg_values_supported", ["RS256"])
            json.field("token_endpoint_auth_methods_supported", ["none"])
            json.field(
                "claims_supported",
                ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "role", "tier", "region", "scope"])
        }
        return json.bytes
    }
}
