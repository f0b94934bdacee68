internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// The events Notifications listens to.
enum NotificationsHandlers {
    static func all(tell: TellCustomer, keep: KeepContact, forget: ForgetUser) -> [MessageHandler] {
        [
            MessageHandler(UserRegistered.self) { transaction, user, delivery in
                try keep(
                    UserID(unchecked: user.userID), email: Secret(user.email), name: Secret(user.name),
                    language: user.language, at: delivery.now, in: transaction)
            },
            MessageHandler(UserUpdated.self) { transaction, user, delivery in
                try keep(
                    UserID(unchecked: user.userID), email: Secret(user.email), name: Secret(user.name),
                    language: user.language, at: delivery.now, in: transaction)
            },
            MessageHandler(UserErased.self) { transaction, user, _ in
                try forget(UserID(unchecked: user.userID), in: transaction)
                return []
            },
            MessageHandler(OrderCompleted.self) { try tell(Occasion($1), event: $2.message, at: $2.now, in: $0) },
            MessageHandler(OrderCancelled.self) { try tell(Occasion($1), event: $2.message, at: $2.now, in: $0) },
            MessageHandler(OrderRefunded.self) { try tell(Occasion($1), event: $2.message, at: $2.now, in: $0) },
            MessageHandler(ShipmentDispatched.self) { try tell(Occasion($1), event: $2.message, at: $2.now, in: $0) },
        ]
    }
}
