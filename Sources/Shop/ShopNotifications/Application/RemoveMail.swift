internal import FlotillaMessaging
internal import ShopContracts

/// Takes the letters of an erased user out of the mail folder: an activity, since it touches the outside.
struct RemoveMail: Sendable {
    static let activity = "remove-mail"

    private let folder: MailFolder

    init(folder: MailFolder) { self.folder = folder }

    func asActivity() -> Activity {
        Activity(
            Self.activity, concurrencyMax: 1,
            perform: { (job: MailJob, _, _) in
                for id in job.ids { try folder.remove(id) }
                return job
            },
            commit: { _, _, _, _ in [] })
    }
}
