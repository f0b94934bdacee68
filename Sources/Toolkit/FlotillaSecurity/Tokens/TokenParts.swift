internal import FlotillaCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A token taken apart and judged by its form alone, before any key is looked up.
///
/// Everything an attacker can choose freely is bounded here, and every algorithm not accepted ends here: neither
/// `none` nor a public key misused as an HMAC secret ever reaches a key (RFC 8725, section 3.1).
struct TokenParts {
    static let tokenBytesMax = 8192
    static let headerBytesMax = 1024
    static let payloadBytesMax = 6144
    static let keyIDBytesMax = 128

    let keyID: String
    let algorithm: TokenAlgorithm
    /// What was signed: header, dot and payload, as they came.
    let signedBytes: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    init(_ token: Secret, accepting algorithms: [TokenAlgorithm]) throws {
        let text = token.exposed.utf8
        guard text.count <= Self.tokenBytesMax else {
            throw ServiceError.invalidToken("The token has more than \(Self.tokenBytesMax) bytes.")
        }
        let bytes = Array(text)
        let dots = bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }
        guard dots.count == 2 else {
            throw ServiceError.invalidToken("The token does not have three parts, separated by dots.")
        }
        let headerText = bytes[..<dots[0]]
        let payloadText = bytes[(dots[0] + 1)..<dots[1]]
        guard headerText.count <= Self.headerBytesMax, payloadText.count <= Self.payloadBytesMax else {
            throw ServiceError.invalidToken("The token's header or payload is too large.")
        }
        guard let header = Base64.decode(headerText), let payload = Base64.decode(payloadText),
            let signature = Base64.decode(bytes[(dots[1] + 1)...])
        else { throw ServiceError.invalidToken("A part of the token is not base64url.") }
        (keyID, algorithm) = try Self.key(ofHeader: header, algorithms)
        signedBytes = Array(bytes[..<dots[1]])
        self.payload = payload
        self.signature = signature
    }

    private struct Header: Decodable {
        var alg: String
        var kid: String?
        var typ: String?
        var crit: [String]?
    }

    private static func key(
        ofHeader bytes: [UInt8], _ algorithms: [TokenAlgorithm]
    ) throws -> (id: String, algorithm: TokenAlgorithm) {
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes))
        } catch {
            throw ServiceError.invalidToken("The token's header cannot be read.")
        }
        guard let algorithm = TokenAlgorithm(rawValue: header.alg), algorithms.contains(algorithm) else {
            let names = algorithms.map(\.rawValue).joined(separator: " or ")
            throw ServiceError.invalidToken("The token is not signed with \(names); nothing else is accepted.")
        }
        guard header.crit == nil else {
            throw ServiceError.invalidToken("The token demands an extension (`crit`) that is not supported.")
        }
        guard header.typ == nil || header.typ == "JWT" || header.typ == "at+jwt" else {
            throw ServiceError.invalidToken("The token is of another type than JWT.")
        }
        guard let kid = header.kid, (1...keyIDBytesMax).contains(kid.utf8.count) else {
            throw ServiceError.invalidToken("The token does not name its key (`kid`).")
        }
        return (kid, algorithm)
    }

    /// The claims; call it after the signature has been checked.
    ///
    /// - Parameter names: by which the issuer says who the token speaks for.
    func claims(_ names: ClaimNames) throws -> (claims: RegisteredClaims, principal: Principal) {
        do {
            let data = Data(payload)
            guard names != ClaimNames() else {
                let claims = try JSONDecoder().decode(TokenClaims.self, from: data)
                return (claims.registered, claims.principal)
            }
            let claims = try JSONDecoder().decode(RegisteredClaims.self, from: data)
            guard let principal = names.principal(try JSONDecoder().decode(ClaimValue.self, from: data)) else {
                throw ServiceError.invalidToken("The token does not say whom it speaks for.")
            }
            return (claims, principal)
        } catch let error as ServiceError {
            throw error
        } catch {
            throw ServiceError.invalidToken("The token's claims cannot be read, or one that is required is missing.")
        }
    }
}

extension ServiceError {
    /// The one error for every token that is refused; `detail` says why without repeating anything of the token.
    static func invalidToken(_ detail: String) -> ServiceError {
        ServiceError(.unauthenticated, "invalid-token", detail)
    }
}
