internal import FlotillaStorage
internal import ShopContracts

/// Shows and changes which channels a user wants to be reached on.
struct ChangePreferences: Sendable {
    /// What is to change; nil leaves a channel as it is.
    struct Change: Sendable, Hashable {
        var email: Bool?
        var push: Bool?
        var sms: Bool?
    }

    private let database: Database
    private let recipients: RecipientTable

    init(database: Database, recipients: RecipientTable) {
        self.database = database
        self.recipients = recipients
    }

    func current(of userID: UserID) async throws -> Preferences {
        try await database.read { try recipients.find(userID, in: $0).preferences }
    }

    /// - Returns: the preferences from now on.
    func callAsFunction(_ change: Change, of userID: UserID) async throws -> Preferences {
        try await database.write { [self] transaction in
            var preferences = try recipients.find(userID, in: transaction).preferences
            preferences.email = change.email ?? preferences.email
            preferences.push = change.push ?? preferences.push
            preferences.sms = change.sms ?? preferences.sms
            try recipients.setPreferences(preferences, of: userID, in: transaction)
            return preferences
        }
    }
}
