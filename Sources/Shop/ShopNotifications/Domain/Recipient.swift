internal import FlotillaCore
internal import ShopContracts

/// What Notifications knows of a user.
struct Recipient: Sendable, Hashable {
    /// Where and how the user is written to.
    struct Contact: Sendable, Hashable {
        var email: Secret
        var name: Secret
    }

    var userID: UserID
    /// BCP 47; `en` until the user is known.
    var language = "en"
    var preferences = Preferences()
    /// Whether there is an address to write to.
    var hasAddress = false
    /// Somebody who asked to be forgotten is told nothing any more.
    var isErased = false
}
