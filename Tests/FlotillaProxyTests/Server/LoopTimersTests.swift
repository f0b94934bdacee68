@testable internal import FlotillaProxy
internal import Testing

@Suite("Timers of a loop") struct LoopTimersTests {
    private func due(_ timers: inout LoopTimers, by milliseconds: Int) -> [UInt64] {
        var all: [UInt64] = []
        while let token = timers.next(by: .milliseconds(milliseconds)) { all.append(token) }
        return all
    }

    @Test("each is told once, at its time, in the order of the times")
    func order() {
        var timers = LoopTimers()
        for token in [3, 1, 2] as [UInt64] { timers.set(token, due: .milliseconds(Int(token) * 10)) }
        #expect(timers.nextDue == .milliseconds(10))
        #expect(due(&timers, by: 9).isEmpty)
        #expect(due(&timers, by: 25) == [1, 2])
        #expect(due(&timers, by: 100) == [3])
        #expect(due(&timers, by: 1_000).isEmpty)
    }

    @Test("one that is put off costs no entry, and comes at its last time")
    func putOff() {
        var timers = LoopTimers()
        for time in 1...1_000 { timers.set(5, due: .milliseconds(time)) }
        #expect(timers.count == 1)
        #expect(due(&timers, by: 999).isEmpty)
        #expect(due(&timers, by: 1_000) == [5])
    }

    @Test("one that is brought forward comes earlier, and not again")
    func broughtForward() {
        var timers = LoopTimers()
        timers.set(5, due: .milliseconds(100))
        timers.set(5, due: .milliseconds(10))
        #expect(due(&timers, by: 10) == [5])
        #expect(due(&timers, by: 200).isEmpty)
    }

    @Test("one that is taken back does not come; nor does that of an earlier member in the same slot")
    func takenBack() {
        var timers = LoopTimers()
        let first = LoopToken.make(slot: 7, generation: 0)
        let second = LoopToken.make(slot: 7, generation: 1)
        timers.set(first, due: .milliseconds(10))
        timers.set(first, due: nil)
        #expect(due(&timers, by: 20).isEmpty)
        timers.set(first, due: .milliseconds(30))
        timers.set(second, due: .milliseconds(50))
        #expect(due(&timers, by: 40).isEmpty)
        #expect(due(&timers, by: 60) == [second])
    }
}
