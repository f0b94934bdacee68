internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSecurity
internal import HTTPTypes
internal import ShopContracts

/// Signing in, staying signed in and signing out over HTTP. No answer here may be kept by a cache.
struct SessionRoutes: Sendable {
    private static let noStore: HTTPFields = [.cacheControl: "no-store"]

    let context: UsersContext
    let verifier: TokenVerifier

    func add(to routes: inout Routes) {
        let (context, verifier) = (context, verifier)
        routes.add(
            .post, "/sessions", access: .anyone, summary: "Sign in", input: SignInBody.self,
            answers: TokensAnswer.self,
            problems: [
                KnownProblem(.unauthenticated, "wrong-credentials", "E-mail address or password is wrong."),
                KnownProblem(.denied, "account-inactive", "The account is not active."),
                KnownProblem(.limited, "too-many-attempts", "Wait as long as Retry-After says."),
            ]
        ) { call, body in
            guard let email = EmailAddress(body.email) else { throw UserError.wrongCredentials }
            let result = try await SignIn(context: context)(
                email: email, password: body.password, remoteAddress: call.request.remoteAddress, call.context)
            return Answer(TokensAnswer(result), headers: Self.noStore)
        }
        routes.add(
            .post, "/sessions/refresh", access: .anyone, summary: "Exchange a refresh token for new tokens",
            input: RefreshBody.self, answers: TokensAnswer.self,
            problems: [
                KnownProblem(
                    .unauthenticated, "invalid-refresh-token",
                    "The token is not valid, has expired or was used before, which ends its session.")
            ]
        ) { call, body in
            let result = try await RefreshSession(context: context)(body.refreshToken, call.context)
            return Answer(TokensAnswer(result), headers: Self.noStore)
        }
        routes.add(
            .delete, "/sessions/current", access: .signedIn, summary: "Sign out", answers: NoContent.self
        ) { call in
            let userID = try call.userID
            // A token that belongs to no sign-in, such as a service's, has none to end.
            if let token = call.context.token,
                let session = try await verifier.verified(token).sessionID.flatMap({ SessionID($0) })
            {
                try await SignOut(context: context)(session, of: userID, call.context)
            }
            return .done
        }
    }
}
