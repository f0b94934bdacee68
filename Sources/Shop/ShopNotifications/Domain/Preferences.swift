/// Which channels somebody wants to be reached on. The list of notices in the app is always kept.
struct Preferences: Sendable, Hashable {
    var email = true
    var push = true
    /// Kept for the day there is a provider of text messages; none is connected, so none are sent.
    var sms = false

    func wants(_ channel: Channel) -> Bool {
        switch channel {
        case .email: email
        case .push: push
        }
    }
}
