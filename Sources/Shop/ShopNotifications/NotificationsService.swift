internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
public import FlotillaRuntime
internal import FlotillaSecurity
public import FlotillaStorage
internal import ShopContracts

/// Notifications: tells customers what happens to their orders, in the app and by e-mail.
///
/// Owns: `recipients` (address and name, sealed; language; preferences), `notices` (what users were
/// told), `notifications` (each notice on each channel), and `letters` (the outbox, sealed).
///
/// Listens to: `user-registered`, `user-updated`, `user-erased`; `order-completed`, `order-cancelled`,
/// `order-refunded`, `shipment-dispatched`.
///
/// Publishes: `notification-sent`, `notification-failed`.
///
/// Invariants:
/// - One notice per order and kind of occasion, and one notification per notice and channel: nobody
///   is told the same thing twice, however often its event comes.
/// - A letter is there if and only if its notification is `sent`, until newer ones push it out.
/// - A letter that has no address yet waits for it, and is given up after some days.
/// - Of an erased user nothing is left but the ID: no address, no notice, no letter.
///
/// Letters go to the outbox, which takes the place of a mail server: `GET /notifications/{id}/letter`.
/// Push is the list in the app itself.
///
/// Settings: `mailFrom` (`orders@shop.example`), `lettersMax` (10,000: of more letters the oldest
/// go), `contactWait` (7 days).
public struct NotificationsService: ServiceBlueprint {
    static let defaultLettersMax = 10_000

    /// Notifications with the outbox of letters.
    public init() {}

    /// What the fleet knows of Notifications.
    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "notifications",
            purpose: "Telling people is slow and may fail, and must never hold up an order.",
            publishes: [NotificationSent.messageType, NotificationFailed.messageType],
            consumes: [
                UserRegistered.messageType, UserUpdated.messageType, UserErased.messageType,
                OrderCompleted.messageType, OrderCancelled.messageType, OrderRefunded.messageType,
                ShipmentDispatched.messageType,
            ], schedules: ["give-up-waiting": .seconds(3600)])
    }

    /// Notifications' own tables.
    public var migrations: [MigrationSet] { [NotificationsSchema.migrations] }

    /// Puts the service together; makes, the first time, the key that seals addresses and letters.
    ///
    /// - Throws: `mail-from` when the setting is no address; `key-file`, `vault-keys`.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let database = needs.database
        let ring = try VaultKeyRing.loadOrCreate(at: needs.folder + "/vault.keys", random: needs.world.random)
        let vault = Vault(ring: ring, random: needs.world.random)
        let recipients = RecipientTable(vault: vault)
        let letters = LetterTable(
            vault: vault, countMax: needs.settings.number("lettersMax", default: Self.defaultLettersMax))
        let book = TemplateBook()
        let send = SendLetter(
            recipients: recipients, letters: letters, from: try Self.sender(needs.settings), book: book)
        let giveUp = GiveUpWaiting(
            database: database, outbox: needs.outbox, send: send, world: needs.world,
            wait: needs.settings.duration("contactWait", default: GiveUpWaiting.defaultWait))
        return ServiceParts(
            routes: NotificationsRoutes.routes(
                list: ListNotices(database: database),
                preferences: ChangePreferences(database: database, recipients: recipients),
                letters: ReadLetters(database: database, letters: letters)),
            handlers: NotificationsHandlers.all(
                tell: TellCustomer(world: needs.world, recipients: recipients, send: send, book: book),
                keep: KeepContact(recipients: recipients, send: send),
                forget: ForgetUser(recipients: recipients, letters: letters)),
            jobs: [Job("give-up-waiting", every: .seconds(3600)) { context in try await giveUp(context) }])
    }

    private static func sender(_ settings: ServiceSettings) throws -> MailAddress {
        let text = settings.text("mailFrom", default: "orders@shop.example")
        guard let address = MailAddress(text) else {
            throw ServiceError(
                .internal, "mail-from",
                "The setting mailFrom is \"\(text)\", which is no address like orders@shop.example.")
        }
        return address
    }
}
