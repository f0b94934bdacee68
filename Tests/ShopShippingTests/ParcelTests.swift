internal import FlotillaCore
internal import ShopContracts
internal import Testing

@testable internal import ShopShipping

@Suite("A parcel") struct ParcelTests {
    @Test("goes from booking to dispatch to the customer's door, each noted with its time")
    func wholeWay() async throws {
        let desk = try await ParcelDesk()
        guard case .scheduled(let id, let code) = try await desk.schedule("o1") else {
            Issue.record("the parcel was not scheduled")
            return
        }
        #expect(code.hasPrefix("FP") && code.count == 16)
        #expect(try await desk.timers() == ["dispatch/o1"])
        desk.time.advance(by: .seconds(600))
        #expect(try await desk.dispatch("o1") == .dispatched)
        desk.time.advance(by: .seconds(1200))
        #expect(try await desk.deliver("o1") == .delivered)
        let shipment = try #require(try await desk.shipment("o1"))
        #expect(shipment.id.text == id)
        #expect(shipment.userID.text == "ada")
        #expect(shipment.status == .delivered)
        #expect(shipment.events.map(\.status) == [.scheduled, .dispatched, .delivered])
        let start = shipment.events[0].at
        #expect(shipment.events.map { $0.at - start } == [.zero, .seconds(600), .seconds(1800)])
    }

    @Test("is scheduled once, however often it is asked for, also when it is under way")
    func idempotent() async throws {
        let desk = try await ParcelDesk()
        let first = try await desk.schedule("o1")
        #expect(try await desk.schedule("o1") == first)
        _ = try await desk.dispatch("o1")
        #expect(try await desk.schedule("o1") == first)
        // Another address does not change what was decided.
        #expect(try await desk.schedule("o1", country: "AQ") == first)
        #expect(try await desk.shipment("o1")?.events.count == 2)
    }

    @Test("goes to countries the carrier serves", arguments: ["DE", "US", "GB", "JP", "ZA", "BR"])
    func served(country: String) async throws {
        let desk = try await ParcelDesk()
        guard case .scheduled = try await desk.schedule("o1", country: country) else {
            Issue.record("\(country) was refused")
            return
        }
    }

    @Test(
        "does not go where the carrier does not go, nor where nothing is",
        arguments: ["AQ", "KP", "ZZ", "de", "DEU", ""])
    func notServed(country: String) async throws {
        let desk = try await ParcelDesk()
        #expect(try await desk.schedule("o1", country: country) == .failed("address-not-served"))
        #expect(try await desk.schedule("o1", country: country) == .failed("address-not-served"))
        #expect(try await desk.shipment("o1") == nil)
        #expect(try await desk.timers().isEmpty)
        // Taking back what never was is no error, and the refusal stays.
        #expect(try await desk.cancel("o1") == .cancelled(shipment: ""))
        #expect(try await desk.schedule("o1", country: "DE") == .failed("address-not-served"))
    }

    @Test("is cancelled until it is dispatched, and then never sent")
    func cancelled() async throws {
        let desk = try await ParcelDesk()
        guard case .scheduled(let id, _) = try await desk.schedule("o1") else { return }
        #expect(try await desk.cancel("o1") == .cancelled(shipment: id))
        #expect(try await desk.cancel("o1") == .cancelled(shipment: id))
        #expect(try await desk.timers().isEmpty)
        // The timer may have been on its way already.
        #expect(try await desk.dispatch("o1") == .nothing)
        #expect(try await desk.schedule("o1") == .failed("cancelled"))
        #expect(try await desk.shipment("o1")?.events.map(\.status) == [.scheduled, .cancelled])
    }

    @Test("is not cancelled once it is dispatched or delivered")
    func tooLate() async throws {
        let desk = try await ParcelDesk()
        _ = try await desk.schedule("o1")
        _ = try await desk.dispatch("o1")
        #expect(try await desk.cancel("o1") == .cancelRefused("too-late-to-cancel"))
        _ = try await desk.deliver("o1")
        #expect(try await desk.cancel("o1") == .cancelRefused("too-late-to-cancel"))
        #expect(try await desk.shipment("o1")?.status == .delivered)
    }

    @Test("is refused when it was cancelled before it was asked for")
    func cancelledFirst() async throws {
        let desk = try await ParcelDesk()
        #expect(try await desk.cancel("o1") == .cancelled(shipment: ""))
        #expect(try await desk.schedule("o1") == .failed("cancelled"))
        #expect(try await desk.cancel("o1") == .cancelled(shipment: ""))
        #expect(try await desk.shipment("o1") == nil)
    }

    @Test("is dispatched and delivered once, whatever timers say")
    func timersTwice() async throws {
        let desk = try await ParcelDesk()
        #expect(try await desk.dispatch("o1") == .nothing)
        #expect(try await desk.deliver("o1") == .nothing)
        _ = try await desk.schedule("o1")
        #expect(try await desk.deliver("o1") == .nothing)
        #expect(try await desk.dispatch("o1") == .dispatched)
        #expect(try await desk.dispatch("o1") == .nothing)
        #expect(try await desk.deliver("o1") == .delivered)
        #expect(try await desk.deliver("o1") == .nothing)
        #expect(try await desk.shipment("o1")?.events.map(\.status) == [.scheduled, .dispatched, .delivered])
    }

    @Test("a cancellation and the carrier at once: one of them wins, and the answers agree")
    func race() async throws {
        let desk = try await ParcelDesk()
        for number in 0..<40 {
            let order = "o\(number)"
            _ = try await desk.schedule(order)
            async let cancelling = desk.cancel(order)
            async let dispatching = desk.dispatch(order)
            let (cancelled, dispatched) = try await (cancelling, dispatching)
            let status = try await desk.shipment(order)?.status
            if dispatched == .dispatched {
                #expect(cancelled == .cancelRefused("too-late-to-cancel"))
                #expect(status == .dispatched)
            } else {
                #expect(dispatched == .nothing)
                #expect(status == .cancelled)
            }
        }
    }
}
