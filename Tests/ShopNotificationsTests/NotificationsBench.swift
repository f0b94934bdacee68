internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

/// What the tests of the whole service do again and again.
extension ServiceBench {
    func register(_ user: String, email: String? = nil, name: String = "Ada Lovelace") async throws {
        let event = UserRegistered {
            $0.userID = user
            $0.email = email ?? "\(user)@shop.example"
            $0.name = name
            $0.language = "en"
        }
        try await send(event, subject: user)
    }

    func complete(_ order: String, of user: String) async throws {
        let event = OrderCompleted {
            $0.orderID = order
            $0.userID = user
            $0.lines = [
                PricedItem(productID: "p1", name: "Tea", quantity: 2, unitPrice: Money(amount: 450, currency: "USD"))
            ]
            $0.total = MoneyValue(Money(amount: 900, currency: "USD"))
        }
        try await send(event, subject: order, saga: "checkout-\(order)#9")
    }

    func cancel(_ order: String, of user: String, reason: String) async throws {
        let event = OrderCancelled {
            $0.orderID = order
            $0.userID = user
            $0.reason = reason
        }
        try await send(event, subject: order)
    }

    /// What was handed to a channel.
    func sent(_ channel: String) async throws -> [NotificationSent] {
        try await received(NotificationSent.self).filter { $0.channel == channel }
    }

    /// The letters in the outbox as an administrator reads them, oldest first.
    func letters() async throws -> [LetterReader] {
        let admin = Principal(id: "root", role: .admin)
        let (_, json) = try await call(.get, "/api/v1/notifications/letters?limit=100", as: admin)
        var letters: [LetterReader] = []
        for item in json["items"]?.array ?? [] {
            let path = "/api/v1/notifications/\(item["noticeId"]?.string ?? "")/letter"
            let response = try await respond(to: Request(.get, path), as: admin)
            letters.append(LetterReader(try await response.collect()))
        }
        return letters.reversed()
    }

    /// Waits until so many letters were reported as sent.
    func waitForLetters(_ count: Int) async throws {
        try await eventually("\(count) letters are sent") { try await sent("email").count >= count }
    }
}
