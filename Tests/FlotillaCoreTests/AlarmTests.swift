internal import FlotillaCore
internal import Synchronization
internal import Testing

@Suite("Alarms") struct AlarmTests {
    private final class Bell: Sendable {
        private let rings = Mutex<[String]>([])
        var heard: [String] { rings.withLock { $0 } }
        func ring(_ name: String) { rings.withLock { $0.append(name) } }
    }

    @Test("an alarm rings once, at its time, in order with the others")
    func order() {
        let time = ManualTime()
        let bell = Bell()
        let alarms = [3, 1, 2].map { second in time.alarm(after: .seconds(second)) { bell.ring("\(second)") } }
        #expect(time.sleeperCount == 3)
        time.advance(by: .milliseconds(999))
        #expect(bell.heard == [])
        time.advance(by: .milliseconds(1))
        #expect(bell.heard == ["1"])
        time.advance(by: .seconds(60))
        time.advance(by: .seconds(60))
        #expect(bell.heard == ["1", "2", "3"])
        for alarm in alarms {
            let hasRung = alarm.turnOff()
            #expect(hasRung)
        }
    }

    @Test("an alarm that was turned off does not ring and is not kept")
    func turnedOff() {
        let time = ManualTime()
        let bell = Bell()
        let alarm = time.alarm(after: .seconds(1)) { bell.ring("late") }
        let hasRung = alarm.turnOff()
        #expect(!hasRung && time.sleeperCount == 0)
        time.advance(by: .seconds(2))
        alarm.ring()
        #expect(bell.heard == [])
    }

    @Test("on the machine's clock, each alarm rings or is turned off, never both and never neither")
    func machine() async throws {
        let time = SystemTime()
        let bell = Bell()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<400 {
                group.addTask {
                    let alarm = time.alarm(after: .microseconds(index * 10)) { bell.ring("\(index)") }
                    // About half of them are reached by their own time first.
                    try await time.sleep(for: .milliseconds(2))
                    if !alarm.turnOff() { bell.ring("\(index)") }
                }
            }
            try await group.waitForAll()
        }
        #expect(bell.heard.count == 400)
        #expect(Set(bell.heard).count == 400)
    }

    @Test("when turning off returns, the action is not under way")
    func handshake() async throws {
        let time = SystemTime()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let bell = Bell()
                    let alarm = time.alarm(after: .microseconds(300)) {
                        for step in 0..<100 { bell.ring("\(step)") }
                    }
                    try await time.sleep(for: .microseconds(250))
                    let hasRung = alarm.turnOff()
                    #expect(bell.heard.count == (hasRung ? 100 : 0))
                }
            }
            try await group.waitForAll()
        }
    }
}
