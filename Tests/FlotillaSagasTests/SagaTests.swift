internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaSagas
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("a saga")
struct SagaTests {
    @Test("asks one participant after the other, remembers what they say, and is complete")
    func happyPath() async throws {
        try await Shipyard.run { yard in
            let sail = try await yard.prepare()
            #expect(String(decoding: sail.data, as: UTF8.self) == "opened, tea")
            try await yard.answer(sail, Sailed())
            try await yard.answer(try await yard.command(SendReport.self), ReportReceived())
            try await yard.wait(for: .completed)
            #expect(try await yard.steps == "ddddd")
            #expect(try await yard.record.isBackward == false)
            #expect(try await yard.sent() == ["load-cargo", "hire-crew", "set-sail", "send-report"])
            #expect(try await yard.logbook() == ["opened: voyage-1"])
        }
    }

    @Test("that is refused takes back what was done, in reverse, and says why")
    func refusal() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.prepare(), StormWarning("storm"))
            let dismiss = try await yard.command(DismissCrew.self)
            #expect(try await yard.commands(UnloadCargo.self).isEmpty)
            #expect(try await yard.record.status == .compensating)
            #expect(try await yard.record.reason == "storm")
            #expect(String(decoding: dismiss.data, as: UTF8.self) == "storm")
            try await yard.answer(dismiss, CrewDismissed())
            try await yard.answer(try await yard.command(UnloadCargo.self), CargoUnloaded())
            try await yard.wait(for: .compensated)
            #expect(try await yard.steps == "xxxf-")
            #expect(try await yard.logbook() == ["opened: voyage-1", "closed: storm"])
        }
    }

    @Test("does not take back the step that was refused, nor those never begun")
    func earlyRefusal() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.command(LoadCargo.self), CargoRefused("no-room"))
            try await yard.wait(for: .compensated)
            #expect(try await yard.steps == "xf---")
            #expect(try await yard.sent() == ["load-cargo"])
        }
    }

    @Test("sends an unanswered command again, gives up in the end, and takes back also what nobody knows of")
    func timeOut() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.command(LoadCargo.self), CargoLoaded("tea"))
            let first = try await yard.command(HireCrew.self)
            try await yard.sail(until: "the command was sent again") {
                try await yard.commands(HireCrew.self).count >= 3
            }
            let again = try await yard.commands(HireCrew.self)[1]
            #expect(again.saga == first.saga)
            #expect(again.data == first.data)
            #expect(try await yard.record.status == .running)
            try await yard.sail(until: "it gave up") { try await yard.record.isBackward }
            #expect(try await yard.record.reason == "timed-out")
            // Whether the crew was hired is unknown, so it is dismissed.
            try await yard.answer(try await yard.command(DismissCrew.self), CrewDismissed())
            try await yard.answer(try await yard.command(UnloadCargo.self), CargoUnloaded())
            try await yard.wait(for: .compensated)
            #expect(try await yard.steps == "xxx--")
        }
    }

    @Test("takes back the rest where one compensation fails, and tries that one until it works")
    func failingCompensation() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.prepare(), StormWarning("storm"))
            try await yard.answer(try await yard.command(DismissCrew.self), CrewStays("mutiny"))
            try await yard.answer(try await yard.command(UnloadCargo.self), CargoUnloaded())
            try await yard.wait(for: .stuck)
            #expect(try await yard.steps == "xxef-")
            #expect(try await yard.logbook().last == "closed: storm")
            try await yard.sail(until: "the compensation was tried again") {
                try await yard.commands(DismissCrew.self).count >= 2
            }
            try await yard.answer(try await yard.command(DismissCrew.self, number: 2), CrewDismissed())
            try await yard.wait(for: .compensated)
            #expect(try await yard.steps == "xxxf-")
        }
    }

    @Test("goes on with the rest when a compensation is never answered, and comes back to it")
    func silentCompensation() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.prepare(), StormWarning("storm"))
            let dismiss = try await yard.command(DismissCrew.self)
            try await yard.sail(until: "it went on with the cargo") {
                try await !yard.commands(UnloadCargo.self).isEmpty
            }
            #expect(try await yard.record.steps[2] == .compensationFailed)
            try await yard.answer(try await yard.command(UnloadCargo.self), CargoUnloaded())
            try await yard.wait(for: .stuck)
            // The answer comes at last, to the first command of all.
            try await yard.answer(dismiss, CrewDismissed())
            try await yard.wait(for: .compensated)
            #expect(try await yard.steps == "xxxf-")
        }
    }

    @Test("after its pivot never turns back: it tries until it succeeds, and says that it is stuck")
    func retriable() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.prepare(), Sailed())
            try await yard.answer(try await yard.command(SendReport.self), ReportRefused("closed"))
            try await yard.wait(for: .stuck)
            #expect(try await yard.record.isBackward == false)
            try await yard.sail(until: "the report was sent again") {
                try await yard.commands(SendReport.self).count >= 2
            }
            // Long after the time to give up it still tries.
            try await yard.sail(until: "the report was sent for hours") {
                try await yard.commands(SendReport.self).count >= 6
            }
            #expect(try await yard.steps == "ddddr")
            try await yard.answer(try await yard.command(SendReport.self, number: 6), ReportReceived())
            try await yard.wait(for: .completed)
            #expect(try await yard.sent().filter { $0 != "send-report" } == ["load-cargo", "hire-crew", "set-sail"])
        }
    }

    @Test("ignores answers that come twice, too late, or to no command")
    func strayAnswers() async throws {
        try await Shipyard.run { yard in
            let load = try await yard.command(LoadCargo.self)
            try await yard.answer(load, CargoLoaded("tea"))
            try await yard.answer(load, CargoLoaded("more tea"))
            try await yard.answer(load, CargoRefused("after all not"))
            let hire = try await yard.command(HireCrew.self)
            try await yard.bench.send(Sailed(), subject: Shipyard.subject, saga: "\(yard.saga)#3")
            try await yard.bench.send(CrewHired(), subject: Shipyard.subject, saga: "no-such-saga#2")
            try await yard.bench.send(CrewHired(), subject: Shipyard.subject)
            try await yard.bench.send(CrewHired(), subject: Shipyard.subject, saga: "\(yard.saga)#99")
            try await yard.bench.send(CrewDismissed(), subject: Shipyard.subject, saga: "\(yard.saga)#2!")
            try await yard.answer(hire, CrewHired())
            let sail = try await yard.command(SetSail.self)
            #expect(String(decoding: sail.data, as: UTF8.self) == "opened, tea")
            try await yard.answer(sail, Sailed())
            try await yard.answer(try await yard.command(SendReport.self), ReportReceived())
            try await yard.wait(for: .completed)
            try await yard.answer(sail, StormWarning("too late"))
            try await yard.answer(load, CargoLoaded("tea"))
            await settle()
            #expect(try await yard.record.status == .completed)
            #expect(try await yard.steps == "ddddd")
            #expect(try await yard.sent() == ["load-cargo", "hire-crew", "set-sail", "send-report"])
        }
    }

    @Test("can be aborted before its pivot, once")
    func abort() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.command(LoadCargo.self), CargoLoaded("tea"))
            let hire = try await yard.command(HireCrew.self)
            #expect(try await yard.abort())
            #expect(try await yard.abort() == false)
            let dismiss = try await yard.command(DismissCrew.self)
            // The crew says yes while it is being dismissed: too late.
            try await yard.answer(hire, CrewHired())
            try await yard.answer(dismiss, CrewDismissed())
            try await yard.answer(try await yard.command(UnloadCargo.self), CargoUnloaded())
            try await yard.wait(for: .compensated)
            #expect(try await yard.steps == "xxx--")
            #expect(try await yard.record.reason == "changed-my-mind")
            #expect(try await yard.commands(SetSail.self).isEmpty)
        }
    }

    @Test("cannot be aborted after its pivot")
    func lateAbort() async throws {
        try await Shipyard.run { yard in
            try await yard.answer(try await yard.prepare(), Sailed())
            try await yard.command(SendReport.self)
            #expect(try await yard.abort() == false)
            #expect(try await yard.record.status == .running)
        }
    }

    @Test("goes on where it stood when its service comes back")
    func restart() async throws {
        try await Shipyard.run { yard in
            let load = try await yard.command(LoadCargo.self)
            try await yard.bench.fleet.stop("voyages")
            try await yard.answer(load, CargoLoaded("tea"))
            try await yard.bench.fleet.start("voyages")
            let hire = try await yard.command(HireCrew.self)
            #expect(String(decoding: hire.data, as: UTF8.self) == "opened, tea")
        }
    }
}

extension Shipyard {
    func abort() async throws -> Bool {
        let instance = try bench.instance
        let engine = try #require(instance.sagas)
        let (saga, now) = (saga, bench.world.now)
        return try await instance.database.write { transaction in
            try engine.abort(saga, reason: "changed-my-mind", now: now, in: transaction)
        }
    }
}
