internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaSagas
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("a saga that waits")
struct AmendingTests {
    @Test("ignores an answer that is judged to mean nothing: it waits on, and what was changed on the way is dropped")
    func ignored() async throws {
        try await Shipyard.run { yard in
            let load = try await yard.command(LoadCargo.self)
            let before = try await yard.record
            try await yard.answer(load, CargoRefused("yesterday's"))
            try await yard.answer(load, CargoRefused("yesterday's"))
            await settle()
            #expect(try await yard.record == before)
            try await yard.answer(load, CargoLoaded("tea"))
            let hire = try await yard.command(HireCrew.self)
            #expect(String(decoding: hire.data, as: UTF8.self) == "opened, tea")
            #expect(try await yard.sent() == ["load-cargo", "hire-crew"])
        }
    }

    @Test("is still refused by an answer that is judged to mean so")
    func refused() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.command(LoadCargo.self), CargoRefused("too-heavy"))
            try await yard.wait(for: .compensated)
            #expect(try await yard.record.reason == "too-heavy")
        }
    }

    @Test("learns something new: the command goes out at once as it is now, and as such again; the same twice is once")
    func amended() async throws {
        try await Shipyard.run { yard in
            let first = try await yard.command(LoadCargo.self)
            #expect(try await yard.amend("load-cargo", "opened for coffee") == .made)
            let second = try await yard.command(LoadCargo.self, number: 2)
            #expect(String(decoding: second.data, as: UTF8.self) == "opened for coffee")
            #expect(second.saga == first.saga)
            #expect(try await yard.amend("load-cargo", "opened for coffee") == .needless)
            await settle()
            #expect(try await yard.commands(LoadCargo.self).count == 2)
            try await yard.sail(until: "the command was sent again") {
                try await yard.commands(LoadCargo.self).count == 3
            }
            let third = try await yard.command(LoadCargo.self, number: 3)
            #expect(String(decoding: third.data, as: UTF8.self) == "opened for coffee")
            // An answer to the first command is as good as any.
            try await yard.answer(first, CargoLoaded("tea"))
            let hire = try await yard.command(HireCrew.self)
            #expect(String(decoding: hire.data, as: UTF8.self) == "opened for coffee, tea")
        }
    }

    @Test("gives a step up in its time, however often its command was changed")
    func givenUp() async throws {
        try await Shipyard.run { yard in
            try await yard.command(LoadCargo.self)
            let start = yard.bench.time.uptime
            var number = 0
            try await yard.sail(until: "it was given up") {
                number += 1
                _ = try await yard.amend("load-cargo", "opened \(number)")
                return try await yard.record.isBackward
            }
            #expect(yard.bench.time.uptime - start >= VoyageService.giveUp)
            #expect(yard.bench.time.uptime - start < VoyageService.giveUp * 2)
            #expect(try await yard.record.reason == "timed-out")
        }
    }

    @Test("is changed only where it waits: not at another step, on its way back, after its end, nor where it is not")
    func refusals() async throws {
        try await Shipyard.run { yard in
            try await yard.command(LoadCargo.self)
            #expect(try await yard.amend("hire-crew", "x") == .refused)
            #expect(try await yard.amend("open-log", "x") == .refused)
            #expect(try await yard.amend("load-cargo", "x", of: "NO-SUCH-SAGA") == .refused)
            #expect(try await yard.abort())
            #expect(try await yard.amend("load-cargo", "x") == .refused)
            try await yard.answer(try await yard.command(UnloadCargo.self), CargoUnloaded())
            try await yard.wait(for: .compensated)
            #expect(try await yard.amend("load-cargo", "x") == .refused)
            #expect(try await yard.commands(LoadCargo.self).count == 1)
        }
    }

    @Test("is as it was when the change throws")
    func thrown() async throws {
        try await Shipyard.run { yard in
            try await yard.command(LoadCargo.self)
            let before = try await yard.record
            await #expect(throws: NotToday.self) {
                try await yard.amend("load-cargo") { voyage in
                    voyage.text = "half"
                    throw NotToday()
                }
            }
            #expect(try await yard.record == before)
        }
    }
}

private struct NotToday: Error {}

extension Shipyard {
    fileprivate func amend(_ step: String, _ text: String, of saga: String? = nil) async throws -> SagaAmendment {
        try await amend(step, of: saga) { $0.text = text }
    }

    fileprivate func amend(
        _ step: String, of saga: String? = nil, _ change: @escaping @Sendable (inout Voyage) throws -> Void
    ) async throws -> SagaAmendment {
        let instance = try bench.instance
        let engine = try #require(instance.sagas)
        let definition = try VoyageService.definition()
        let (saga, now) = (saga ?? self.saga, bench.world.now)
        return try await instance.database.write { transaction in
            try engine.amend(saga, of: definition, at: step, now: now, in: transaction, change)
        }
    }
}
