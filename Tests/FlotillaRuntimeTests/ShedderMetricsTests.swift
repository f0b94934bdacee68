internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaTesting
internal import Testing

@Suite("the load shedders of a process") struct ShedderMetricsTests {
    @Test("are metrics of the fleet: limit, what is under way, what was let in and shed by priority")
    func metrics() throws {
        let time = ManualTime()
        let fleet = Fleet(
            try FleetMap([ProbeService("orders")]), options: FleetOptions(dataFolder: "unused", world: .manual(time)))
        let shedder = fleet.policies.shedders.shedder(
            for: "gateway", name: "door", policy: AdaptiveLimit(limitMin: 1, limitMax: 2, limitStart: 2))
        let permit = try shedder.admit(.critical)
        _ = try shedder.admit(.standard)
        #expect(throws: ServiceError.self) { try shedder.admit(.background) }
        time.advance(by: .milliseconds(20))
        shedder.finish(permit, .success)

        func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
            let series = fleet.metrics().first { $0.name == name }?.series ?? []
            let wanted = labels.merging(["service": "gateway", "policy": "door"]) { own, _ in own }
            let found = series.filter { one in wanted.allSatisfy { one[$0.key] == $0.value } }
            guard found.count == 1, case .number(let value) = found[0].value else { return nil }
            return value
        }
        #expect(value("flotilla_admission_limit") == 2)
        #expect(value("flotilla_admission_in_flight") == 1)
        #expect(value("flotilla_admission_latency_seconds") == 0.02)
        #expect(value("flotilla_admission_stretch") == 1)
        #expect(value("flotilla_admission_limit_falls_total") == 0)
        #expect(value("flotilla_admission_probes_total") == 0)
        let requests = "flotilla_admission_requests_total"
        #expect(value(requests, ["priority": "critical", "outcome": "admitted"]) == 1)
        #expect(value(requests, ["priority": "standard", "outcome": "admitted"]) == 1)
        #expect(value(requests, ["priority": "background", "outcome": "shed"]) == 1)
        #expect(value(requests, ["priority": "critical", "outcome": "shed"]) == 0)
    }
}
