internal import FlotillaCore
internal import JWTKit

/// What one of our tokens says (RFC 7519, RFC 9068).
struct TokenClaims: JWTPayload {
    var iss: String
    var sub: String
    var aud: Audience
    var iat: Double
    var nbf: Double?
    var exp: Double
    var jti: String?
    /// The sign-in the token belongs to (OpenID Connect's `sid`): signing out revokes it.
    var sid: String?
    var role: String?
    var tier: String?
    var region: String?
    /// Scopes, separated by one space each (RFC 6749, section 3.3).
    var scope: String?

    /// jwt-kit's hook for checks after the signature. They are made by ``TokenVerifier`` instead, which knows the
    /// clock of the `World`; here there is nothing to check.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// What every token has to say of itself, whatever it says of its owner (RFC 7519, section 4.1).
struct RegisteredClaims: Decodable {
    var iss: String
    var aud: TokenClaims.Audience
    var iat: Double
    var nbf: Double?
    var exp: Double
    var jti: String?
    var sid: String?
}

extension TokenClaims {
    var registered: RegisteredClaims {
        RegisteredClaims(iss: iss, aud: aud, iat: iat, nbf: nbf, exp: exp, jti: jti, sid: sid)
    }

    /// One audience as text, or several as an array (RFC 7519, section 4.1.3).
    enum Audience: Codable, Sendable {
        case one(String)
        case many([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                self = .one(try container.decode(String.self))
            } catch is DecodingError {
                self = .many(try container.decode([String].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .one(let name): try container.encode(name)
            case .many(let names): try container.encode(names)
            }
        }

        func contains(_ name: String) -> Bool {
            switch self {
            case .one(let only): only == name
            case .many(let names): names.contains(name)
            }
        }
    }

    /// Who the token speaks for.
    var principal: Principal {
        Principal(
            id: sub, role: Principal.Role(rawValue: role ?? "customer"), tier: tier ?? "free", region: region ?? "",
            scopes: scope.map { $0.split(separator: " ").map(String.init) } ?? [])
    }
}
