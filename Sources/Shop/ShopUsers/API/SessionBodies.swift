internal import FlotillaCore
internal import FlotillaHTTP

/// What a sign-in brings.
struct SignInBody: RequestInput {
    let email: String
    let password: Secret

    init(from fields: inout FieldReader) {
        email = fields.email("email")
        // Shorter passwords than are allowed today are merely wrong.
        password = Secret(fields.string("password", length: 1...PasswordRule.length.upperBound, .anything))
    }
}

struct RefreshBody: RequestInput {
    let refreshToken: Secret

    init(from fields: inout FieldReader) {
        refreshToken = Secret(fields.string("refreshToken", length: 1...RefreshToken.bytesMax, .anything))
    }
}

/// The tokens of a session.
struct TokensAnswer: ResponseBody {
    var accessToken: Secret
    var refreshToken: Secret
    var lifetime: Duration

    init(_ signedIn: SignedIn) {
        self.init(
            accessToken: signedIn.accessToken, refreshToken: signedIn.refreshToken.text,
            lifetime: signedIn.accessLifetime)
    }

    private init(accessToken: Secret, refreshToken: Secret, lifetime: Duration) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.lifetime = lifetime
    }

    static var example: TokensAnswer {
        TokensAnswer(
            accessToken: Secret("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwMUtCIn0.c2lnbmF0dXJl"),
            refreshToken: Secret("01KBB2A7Q3M0W9T5XJ8VZ4C6DE.1.c2VjcmV0"), lifetime: .seconds(900))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("accessToken", accessToken.exposed)
            json.field("refreshToken", refreshToken.exposed)
            json.field("tokenType", "Bearer")
            json.field("expiresIn", lifetime.components.seconds)
        }
    }
}
