/// A way to reach somebody.
enum Channel: String, Sendable, CaseIterable {
    /// A letter to the user's mailbox.
    case email
    /// A sign in the app, where the notice can be read; handed over the moment the notice is made.
    case push
}
