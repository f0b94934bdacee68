internal import Crypto
internal import FlotillaCore

@testable internal import FlotillaSecurity

/// A key on the curve P-256, as an issuer elsewhere would have it.
struct ES256 {
    static let kid = "curve"

    let key: P256.Signing.PrivateKey

    /// - Parameter number: 1 to 255; each is another key.
    init(_ number: UInt8 = 1) throws {
        key = try P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 0, count: 31) + [number])
    }

    var x: String { Base64.encode(Array(key.publicKey.rawRepresentation.prefix(32))) }
    var y: String { Base64.encode(Array(key.publicKey.rawRepresentation.suffix(32))) }

    /// The public half as a member of a key set, with members changed.
    func jwk(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String?] = ["kty": "EC", "crv": "P-256", "kid": Self.kid, "x": x, "y": y]
        for (name, value) in changes { members[name] = .some(value) }
        let text = members.sorted { $0.key < $1.key }
            .compactMap { name, value in value.map { "\"\(name)\":\"\($0)\"" } }
        return "{" + text.joined(separator: ",") + "}"
    }

    func sign(header: String? = nil, claims: String) throws -> Secret {
        let input = Self.input(header ?? #"{"alg":"ES256","kid":"\#(Self.kid)"}"#, claims)
        return Secret(input + "." + Base64.encode(Array(try key.signature(for: Array(input.utf8)).rawRepresentation)))
    }

    static func input(_ header: String, _ claims: String) -> String {
        Base64.encode(Array(header.utf8)) + "." + Base64.encode(Array(claims.utf8))
    }
}
