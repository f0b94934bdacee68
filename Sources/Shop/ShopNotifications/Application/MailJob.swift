internal import FlotillaCore
internal import ShopContracts

/// Which letters an activity is about. Its data is their IDs in UTF-8, a line each.
struct MailJob: MessagePayload, Hashable {
    static let messageType = "shop.notifications.mail-job.v1"
    /// More letters are more jobs.
    static let lettersMax = 500

    var ids: [NotificationID]

    init(_ ids: [NotificationID]) { self.ids = ids }

    init(messageBytes: [UInt8]) throws {
        ids = String(decoding: messageBytes, as: UTF8.self).split(separator: "\n")
            .map { NotificationID(unchecked: String($0)) }
    }

    func messageBytes() throws -> [UInt8] { Array(ids.map(\.text).joined(separator: "\n").utf8) }
}
