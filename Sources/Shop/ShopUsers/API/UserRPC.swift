internal import FlotillaCore
internal import FlotillaRPC
internal import FlotillaSecurity
internal import ShopContracts
internal import ShopContractsRPC

/// Questions of other services (gRPC `shop.users.v1.UserService`).
struct UserRPC: UserService.SimpleServiceProtocol {
    let context: UsersContext

    /// A call that brings a user's token may see what that user may. One without a token is a service's own: the
    /// host lets only services of the fleet through.
    func getUser(request: GetUserRequest, context server: RPCServerContext) async throws -> UserProfile {
        guard let id = UserID(request.userID) else { throw UserError.unknownUser }
        let user = try await FindUser(context: context)(id)
        if let principal = server.call.principal {
            let target = AccessTarget(ownerID: user.id.text, region: user.region)
            let decision = UserPolicy.rules.decide(
                UserPolicy.readUser, by: principal, on: target, now: context.world.now)
            // Who may not see a user may not learn that there is one.
            guard decision.isAllowed else { throw UserError.unknownUser }
        }
        return UserProfile { profile in
            profile.userID = user.id.text
            profile.email = user.email.text
            profile.name = user.name
            profile.language = user.language
            profile.role = user.role.rawValue
            profile.tier = user.tier.rawValue
            profile.region = user.region
            profile.isActive = user.isActive
        }
    }
}
