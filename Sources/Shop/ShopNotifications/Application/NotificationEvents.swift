internal import FlotillaMessaging
internal import ShopContracts

/// What the fleet is told about notifications. It is nobody's answer, so it carries no saga's mark.
enum NotificationEvents {
    static func sent(_ id: NotificationID, _ channel: Channel, _ notice: Notice) throws -> Outgoing {
        let event = NotificationSent {
            $0.notificationID = id.text
            $0.userID = notice.userID.text
            $0.channel = channel.rawValue
            $0.template = notice.template
            $0.causedBy = notice.causedBy
        }
        return try Outgoing(event, subject: id.text, saga: "")
    }

    /// What is told of a letter.
    static func event(
        _ fate: SendLetter.Fate, _ id: NotificationID, _ channel: Channel, _ notice: Notice
    ) throws -> Outgoing {
        switch fate {
        case .sent: try sent(id, channel, notice)
        case .failed(let reason): try failed(id, channel, notice, reason: reason)
        }
    }

    static func failed(_ id: NotificationID, _ channel: Channel, _ notice: Notice, reason: String) throws -> Outgoing {
        let event = NotificationFailed {
            $0.notificationID = id.text
            $0.userID = notice.userID.text
            $0.channel = channel.rawValue
            $0.template = notice.template
            $0.causedBy = notice.causedBy
            $0.reason = reason
        }
        return try Outgoing(event, subject: id.text, saga: "")
    }
}
