internal import FlotillaCore
internal import ShopContracts
internal import Testing

@testable internal import ShopShipping

@Suite("The demo carrier and its timers") struct CarrierTests {
    @Test("each country it serves is two capital letters, and there are many")
    func countries() {
        #expect(DemoCarrier.countries.count > 200)
        for country in DemoCarrier.countries.sorted() {
            #expect(country.utf8.count == 2 && country.utf8.allSatisfy { (65...90).contains($0) }, "\(country)")
        }
    }

    @Test("timers come back as they were written")
    func roundTrip() throws {
        let due = DispatchDue(orderID: OrderID(unchecked: "01KAJ7M1A2S3D4F5G6H7J8K9NB"))
        #expect(try DispatchDue(messageBytes: due.messageBytes()) == due)
        let delivery = DeliveryDue(orderID: OrderID(unchecked: "o-1_x"))
        #expect(try DeliveryDue(messageBytes: delivery.messageBytes()) == delivery)
    }

    @Test("data that is no order's ID is refused", arguments: [[], [0xFF, 0x20], Array("a b".utf8), Array("ü".utf8)])
    func malformed(bytes: [UInt8]) {
        #expect(throws: ServiceError.self) { try DispatchDue(messageBytes: bytes) }
        #expect(throws: ServiceError.self) { try DeliveryDue(messageBytes: bytes) }
    }
}
