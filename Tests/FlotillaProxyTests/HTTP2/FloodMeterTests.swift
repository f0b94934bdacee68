@testable internal import FlotillaProxy
internal import Testing

@Suite("Too often, and often at times") struct FloodMeterTests {
    private func passed(_ meter: inout FloodMeter, _ count: Int, at now: Duration) -> Int {
        var passed = 0
        for _ in 0..<count { passed += meter.count(at: now) ? 1 : 0 }
        return passed
    }

    @Test("a burst passes, what is beyond it does not, and time makes room again")
    func meter() {
        var meter = FloodMeter(burst: 10, perSecond: 2)
        #expect(passed(&meter, 12, at: .seconds(5)) == 10)
        // Two more than there were are owed.
        #expect(passed(&meter, 1, at: .milliseconds(5_900)) == 0)
        #expect(passed(&meter, 2, at: .milliseconds(8_000)) == 2)
        #expect(passed(&meter, 100, at: .seconds(1_000)) == 10)
    }
}
