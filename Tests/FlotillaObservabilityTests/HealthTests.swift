internal import FlotillaCore
internal import FlotillaObservability
internal import Foundation
internal import Testing

@Suite("Health") struct HealthTests {
    let time = ManualTime()
    let world: World

    init() { world = World.manual(time) }

    private func monitor(_ checks: [HealthCheck], isInService: Bool = true) -> HealthMonitor {
        HealthMonitor(
            service: "orders", version: "1.2.3", checks: checks, world: world, diskPath: "/", isInService: isInService)
    }

    private func check(_ name: String, _ result: HealthResult, isCritical: Bool = true) -> HealthCheck {
        HealthCheck(name: name, isCritical: isCritical) { result }
    }

    @Test("all well")
    func healthy() async {
        let report = await monitor([check("database", .healthy)]).ready()
        #expect(report.status == .healthy)
        #expect(report.httpStatus == 200)
    }

    @Test("a failed check that is not critical degrades, and work goes on")
    func degraded() async {
        let report = await monitor([
            check("database", .healthy), check("payments", .unhealthy("away"), isCritical: false),
        ]).ready()
        #expect(report.status == .degraded)
        #expect(report.httpStatus == 200)
        #expect(report.checks.map(\.name) == ["database", "payments"])
        #expect(report.checks[1].error == "away")
    }

    @Test("a failed critical check is 503")
    func unhealthy() async {
        let report = await monitor([check("database", .unhealthy("disk full")), check("x", .degraded("slow"))]).ready()
        #expect(report.status == .unhealthy)
        #expect(report.httpStatus == 503)
    }

    @Test("a check that throws has failed, and what it says is redacted")
    func throwing() async {
        let failing = HealthCheck(name: "bank", succeeding: {
            throw ServiceError(.unavailable, "away", "password=hunter2")
        })
        let report = await monitor([failing]).ready()
        #expect(report.checks[0].error == "away: password=[redacted]")
    }

    @Test("out of service is 503 without a check, but lives")
    func outOfService() async {
        let monitor = monitor([check("database", .healthy)], isInService: false)
        #expect(await monitor.ready().status == .outOfService)
        #expect(await monitor.ready().checks.isEmpty)
        #expect(await monitor.report().status == .outOfService)
        #expect(await monitor.report().checks.count == 1)
        #expect(monitor.live().httpStatus == 200)
        monitor.setInService(true)
        #expect(await monitor.ready().status == .healthy)
    }

    @Test("a check without an answer in its time has failed, the others count")
    func timeout() async {
        let slow = HealthCheck(name: "slow", timeout: .milliseconds(500)) { [world] in
            do { try await world.time.sleep(for: .seconds(60)) } catch { return .healthy }
            return .healthy
        }
        let monitor = monitor([slow, check("database", .healthy)])
        async let report = monitor.ready()
        // The slow check's own sleep and its timer.
        while time.sleeperCount < 2 { await Task.yield() }
        time.advance(by: .milliseconds(500))
        let result = await report
        #expect(result.status == .unhealthy)
        #expect(result.checks[0].error == "no answer within 500 ms")
        #expect(result.checks[0].responseTime == .milliseconds(500))
        #expect(result.checks[1].status == .healthy)
        #expect(time.sleeperCount == 0)
    }

    @Test("the JSON has everything an operator asks for")
    func json() async throws {
        let monitor = monitor([check("payments", .unhealthy("say \"hi\""), isCritical: false)])
        time.advance(by: .seconds(61))
        let bytes = await monitor.report().json()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(object["status"] as? String == "degraded")
        #expect(object["service"] as? String == "orders")
        #expect(object["version"] as? String == "1.2.3")
        #expect(object["uptimeSeconds"] as? Int == 61)
        #expect(object["timestamp"] as? String == "2026-01-01T00:01:01.000Z")
        let checks = try #require(object["checks"] as? [[String: Any]])
        #expect(checks[0]["name"] as? String == "payments")
        #expect(checks[0]["status"] as? String == "unhealthy")
        #expect(checks[0]["critical"] as? Bool == false)
        #expect(checks[0]["responseTimeMs"] as? Double == 0)
        #expect(checks[0]["error"] as? String == "say \"hi\"")
        #expect((object["cpu"] as? [String: Any])?["processSeconds"] is Double)
        #expect(((object["memory"] as? [String: Any])?["residentBytes"] as? Int ?? 0) > 0)
        #expect(((object["disk"] as? [String: Any])?["totalBytes"] as? Int ?? 0) > 0)
    }
}
