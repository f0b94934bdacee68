public import FlotillaRPC
public import ShopContracts

/// What Users implements to answer the calls of UserService; listed in its parts as an ``FlotillaRPC/RPCService``.
public typealias UserServing = UserService.SimpleServiceProtocol

extension RPCMethod<GetUserRequest, UserProfile> {
    /// One user's profile.
    public static var getUser: Self { Self(UserService.Method.GetUser.descriptor) }
}
