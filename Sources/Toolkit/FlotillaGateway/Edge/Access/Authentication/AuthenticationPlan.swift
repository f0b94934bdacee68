internal import FlotillaCore
internal import FlotillaSecurity

/// By what callers prove who they are: tokens, keys of applications, certificates. Plain data.
struct AuthenticationPlan: Sendable, Hashable {
    /// Which tokens are believed.
    struct Tokens: Sendable, Hashable {
        /// Where the issuer's public keys are.
        enum Keys: Sendable, Hashable {
            /// `http://` or `https://`.
            case url(String)
            case file(String)
        }

        var issuer: String
        var audience: String
        var keys: Keys
        var algorithms: [TokenAlgorithm]
        var claims: ClaimNames
        /// Keys older than this are asked for again.
        var keysAgeMax: Duration
        /// A token that is valid for longer in all is refused.
        var lifetimeMax: Duration
        /// Valid tokens that are remembered.
        var rememberedMax: Int
    }

    /// An application that may call.
    struct APIKey: Sendable, Hashable {
        var name: String
        /// Of the key as it is sent.
        var digest: SecretDigest
        var permissions: [String]
        /// Requests in an hour; nil: any number.
        var perHour: Int?
        var tier: String
    }

    /// Who a certificate stands for.
    struct Certificate: Sendable, Hashable {
        enum Match: Sendable, Hashable {
            case subject(String)
            /// One of the alternative names.
            case name(String)
            case sha256(String)
        }

        var match: Match
        var id: String
        var role: String
        var tier: String
    }

    var tokens: Tokens?
    var apiKeys: [APIKey] = []
    var certificates: [Certificate] = []
}
