internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSecurity
internal import Foundation
internal import Testing

/// Makes tokens the Shop must not take, and one it must, with the Shop's own signing key.
struct TokenForge {
    /// Signed as the Shop signs: shows that the others fail for what is wrong with them.
    let valid: String
    /// What is wrong, and the value of the `Authorization` field.
    let invalid: [(String, String)]

    private static let issuer = "http://127.0.0.1:8080"

    /// - Parameter sample: a token of the Shop.
    init(_ shop: RunningShop, like sample: String) async throws {
        let key = try #require(try SigningKey.load(from: "\(shop.folder.data)/users/signing.pem"))
        let other = try SigningKey.generate()
        let world = World.system()
        let past = World.manual(ManualTime(epoch: world.now + .seconds(-7_200)))
        let parts = sample.split(separator: ".").map(String.init)
        valid = try await Self.token(Self.issuer, "shop", key, world)
        let tokens = [
            ("expired", try await Self.token(Self.issuer, "shop", key, past)),
            ("of another issuer", try await Self.token("https://elsewhere.example", "shop", key, world)),
            ("for another audience", try await Self.token(Self.issuer, "elsewhere", key, world)),
            ("signed by another key", try await Self.token(Self.issuer, "shop", other, world)),
            ("alg none", "\(Self.base64(#"{"alg":"none","typ":"JWT"}"#)).\(parts[1])."),
            ("alg none, of a known key", "\(Self.base64(#"{"alg":"none","kid":"\#(key.id)"}"#)).\(parts[1])."),
            ("alg HS256", "\(Self.base64(#"{"alg":"HS256","kid":"\#(key.id)"}"#)).\(parts[1]).\(parts[2])"),
            ("with other claims", "\(parts[0]).\(Self.base64(#"{"sub":"demo-root","role":"admin"}"#)).\(parts[2])"),
            ("without signature", "\(parts[0]).\(parts[1])."), ("garbage", "garbage"), ("dots", "..."),
            ("very long", String(repeating: "a", count: 6_000)),
        ]
        invalid =
            tokens.map { ("a token \($0.0)", "Bearer \($0.1)") }
            + [("another scheme", "Basic cm9vdDpyb290"), ("no token", "Bearer"), ("nothing", " ")]
    }

    private static func token(
        _ issuer: String, _ audience: String, _ key: SigningKey, _ world: World
    ) async throws -> String {
        try await TokenIssuer(issuer: issuer, audience: audience, key: key, world: world)
            .issue(principal: Principal(id: "demo-ada", role: .customer), lifetime: .seconds(600)).exposed
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
