internal import FlotillaCore
internal import FlotillaMessaging
internal import ShopContracts

/// The messages Payments reacts to, and the activities they lead to.
struct PaymentHandlers: Sendable {
    let chargeOrder: ChargeOrder
    let refundOrder: RefundOrder
    let cards: any CardStore

    var activities: [Activity] {
        [
            Activity(
                ChargeOrder.activity,
                perform: { (command: ProcessPayment, task, context) -> ChargeAnswer in
                    try await chargeOrder.perform(command, task, context)
                },
                commit: { activities, transaction, command, task, result in
                    try chargeOrder.commit(command, task, result, activities: activities, in: transaction)
                }),
            Activity(
                RefundOrder.activity,
                perform: { (command: RefundPayment, task, context) -> RefundAnswer in
                    try await refundOrder.perform(command, task, context)
                },
                commit: { transaction, command, _, result in
                    try refundOrder.commit(command, result, in: transaction)
                }),
        ]
    }

    func handlers(_ activities: Activities) -> [MessageHandler] {
        [
            MessageHandler(ProcessPayment.self) { transaction, command, delivery in
                try chargeOrder.begin(command, delivery, activities: activities, in: transaction)
            },
            MessageHandler(RefundPayment.self) { transaction, command, delivery in
                try refundOrder.begin(command, delivery, activities: activities, in: transaction)
            },
            MessageHandler(UserErased.self) { transaction, event, _ in
                try cards.forget(UserID(unchecked: event.userID), in: transaction)
                return []
            },
        ]
    }
}
