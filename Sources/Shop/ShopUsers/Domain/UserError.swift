internal import FlotillaCore

/// What Users refuses.
enum UserError: DescribedError {
    case emailTaken
    case wrongCredentials
    case accountInactive
    case invalidRefreshToken
    case tooManyAddresses
    case unknownUser
    case unknownAddress

    var kind: ErrorKind {
        switch self {
        case .emailTaken, .tooManyAddresses: .conflict
        case .wrongCredentials, .invalidRefreshToken: .unauthenticated
        case .accountInactive: .denied
        case .unknownUser, .unknownAddress: .notFound
        }
    }

    var slug: String {
        switch self {
        case .emailTaken: "email-taken"
        case .wrongCredentials: "wrong-credentials"
        case .accountInactive: "account-inactive"
        case .invalidRefreshToken: "invalid-refresh-token"
        case .tooManyAddresses: "too-many-addresses"
        case .unknownUser, .unknownAddress: "not-found"
        }
    }

    var detail: String {
        switch self {
        case .emailTaken: "There is an account with this e-mail address already; sign in, or use another address."
        case .wrongCredentials: "E-mail address and password do not belong together; check both."
        case .accountInactive: "This account is not active; ask support."
        case .invalidRefreshToken: "The refresh token is not valid, has expired or was used before; sign in again."
        case .tooManyAddresses: "An account has at most \(DeliveryAddress.countMax) addresses; delete one first."
        case .unknownUser: "There is no such user."
        case .unknownAddress: "There is no such address."
        }
    }
}
