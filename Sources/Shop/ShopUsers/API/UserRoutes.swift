internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// Accounts and profiles over HTTP.
struct UserRoutes: Sendable {
    let context: UsersContext

    func add(to routes: inout Routes) {
        let context = context
        routes.add(
            .post, "/users", access: .anyone, summary: "Register a customer", input: RegisterUserBody.self,
            answers: UserAnswer.self, status: .created,
            problems: [KnownProblem(.conflict, "email-taken", "The e-mail address has an account already.")]
        ) { call, body in
            guard let email = EmailAddress(body.email) else {
                throw ServiceError.invalid(field: "email", "must be an e-mail address like ada@shop.example")
            }
            let user = try await RegisterUser(context: context)(
                RegisterUser.Command(
                    email: email, password: body.password, name: body.name, language: body.language ?? "en",
                    region: body.region ?? "", idempotencyKey: try call.idempotencyKey()),
                call.context)
            return Answer(UserAnswer(user: user), headers: [.location: "/api/v1/users/me"])
        }
        routes.add(
            .get, "/users/me", access: .signedIn, summary: "The caller's profile", answers: UserAnswer.self
        ) { call in
            Answer(
                UserAnswer(user: try await FindUser(context: context)(call.userID)),
                headers: [.cacheControl: "private, no-cache"], entityTag: .content)
        }
        routes.add(
            .patch, "/users/me", access: .signedIn, summary: "Change the caller's profile",
            input: UpdateProfileBody.self, answers: UserAnswer.self,
            problems: [KnownProblem(.denied, "account-inactive", "The account is not active.")]
        ) { call, body in
            let user = try await UpdateProfile(context: context)(call.userID, body.change, call.context)
            return Answer(UserAnswer(user: user))
        }
        routes.add(
            .delete, "/users/me", access: .signedIn, summary: "Forget the caller: account, sessions and addresses",
            answers: NoContent.self
        ) { call in
            try await EraseUser(context: context)(call.userID, call.context)
            return .done
        }
    }
}

extension Call {
    /// The caller as a user.
    ///
    /// - Throws: `not-found` when the token speaks for something that cannot be one.
    var userID: UserID {
        get throws {
            guard let id = UserID(try signedIn.id) else { throw UserError.unknownUser }
            return id
        }
    }
}
