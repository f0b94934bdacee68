internal import FlotillaCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A token taken apart and judged by its form alone, before any key is looked up.
///
/// Everything an attacker can choose freely is bounded here, and every algorithm but RS256 ends here: neither
/// `none` nor a public key misused as an HMAC secret ever reaches a key (RFC 8725, section 3.1).
struct TokenParts {
    static let tokenBytesMax = 8192
    static let headerBytesMax = 1024
    static let payloadBytesMax = 6144
    static let keyIDBytesMax = 128

    let keyID: String
    /// What was signed: header, dot and payload, as they came.
    let signedBytes: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    init(_ token: Secret) throws {
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
        keyID = try Self.keyID(ofHeader: header)
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

    private static func keyID(ofHeader bytes: [UInt8]) throws -> String {
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes))
        } catch {
            throw ServiceError.invalidToken("The token's header cannot be read.")
        }
        guard header.alg == "RS256" else {
            throw ServiceError.invalidToken("The token is not signed with RS256, the only algorithm accepted.")
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
        return kid
    }

    /// The claims; call it after the signature has been checked.
    func claims() throws -> TokenClaims {
        do {
            return try JSONDecoder().decode(TokenClaims.self, from: Data(payload))
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
