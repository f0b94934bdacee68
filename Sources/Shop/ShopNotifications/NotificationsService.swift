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
/// told), `notifications` (each notice on each channel), and the mail folder.
///
/// Listens to: `user-registered`, `user-updated`, `user-erased`; `order-completed`, `order-cancelled`,
/// `order-refunded`, `shipment-dispatched`.
///
/// Publishes: `notification-sent`, `notification-failed`.
///
/// Invariants:
/// - One notice per order and kind of occasion, and one notification per notice and channel: nobody
///   is told the same thing twice, however often its event comes.
/// - A letter that has no address yet waits for it, and is given up after some days.
/// - Of an erased user nothing is left but the ID: no address, no notice, no letter.
///
/// E-mail goes to the folder `mail` in the service's folder, one `.eml` file per letter, named for the
/// notification. Push is the list in the app itself.
///
/// Settings: `mailFrom` (`orders@shop.example`), `mailFilesMax` (10,000: of more letters the oldest
/// are deleted), `contactWait` (7 days).
public struct NotificationsService: ServiceBlueprint {
    static let defaultMailFilesMax = 10_000

    /// Notifications with the mail folder.
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
            ])
    }

    /// Notifications' own tables.
    public var migrations: [MigrationSet] { [NotificationsSchema.migrations] }

    /// Puts the service together; makes the mail folder and, the first time, the key that seals addresses.
    ///
    /// - Throws: `mail-from` when the setting is no address; `mail-folder`, `key-file`, `vault-keys`.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let database = needs.database
        let ring = try VaultKeyRing.loadOrCreate(at: needs.folder + "/vault.keys", random: needs.world.random)
        let recipients = RecipientTable(vault: Vault(ring: ring, random: needs.world.random))
        let folder = try MailFolder(path: needs.folder + "/mail")
        let book = TemplateBook()
        let send = SendMail(
            database: database, recipients: recipients, folder: folder, from: try Self.sender(needs.settings),
            book: book)
        let activities = Activities(
            [send.asActivity(), RemoveMail(folder: folder).asActivity()], database: database, outbox: needs.outbox,
            world: needs.world, telemetry: needs.telemetry)
        return ServiceParts(
            routes: NotificationsRoutes.routes(
                list: ListNotices(database: database),
                preferences: ChangePreferences(database: database, recipients: recipients)),
            handlers: NotificationsHandlers.all(
                tell: TellCustomer(world: needs.world, recipients: recipients, activities: activities, book: book),
                keep: KeepContact(recipients: recipients, activities: activities),
                forget: ForgetUser(recipients: recipients, activities: activities)),
            activities: activities, jobs: jobs(needs, folder),
            healthChecks: [HealthCheck(name: "mail-folder", isCritical: false, succeeding: { try folder.check() })])
    }

    private func jobs(_ needs: ServiceNeeds, _ folder: MailFolder) -> [Job] {
        let giveUp = GiveUpWaiting(
            database: needs.database, outbox: needs.outbox, world: needs.world,
            wait: needs.settings.duration("contactWait", default: GiveUpWaiting.defaultWait))
        let filesMax = needs.settings.number("mailFilesMax", default: Self.defaultMailFilesMax)
        return [
            Job("give-up-waiting", every: .seconds(3600)) { context in try await giveUp(context) },
            Job("tidy-mail", every: .seconds(600)) { _ in try folder.tidy(keeping: filesMax) },
        ]
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
