internal import FlotillaMessaging
internal import ShopContracts

/// The commands Shipping obeys, and its own timers.
enum ShippingHandlers {
    static func all(
        schedule: ScheduleParcel, cancel: CancelParcel, dispatch: DispatchParcel, deliver: DeliverParcel
    ) -> [MessageHandler] {
        [
            MessageHandler(ScheduleShipping.self) { transaction, command, delivery in
                try schedule(command, cause: Cause(delivery.message), at: delivery.now, in: transaction)
            },
            MessageHandler(CancelShipping.self) { transaction, command, delivery in
                try cancel(command, at: delivery.now, in: transaction)
            },
            MessageHandler(DispatchDue.self) { transaction, timer, delivery in
                try dispatch(timer, cause: Cause(delivery.message), at: delivery.now, in: transaction)
            },
            MessageHandler(DeliveryDue.self) { transaction, timer, delivery in
                try deliver(timer, at: delivery.now, in: transaction)
            },
        ]
    }
}
