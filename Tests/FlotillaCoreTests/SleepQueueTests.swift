@testable internal import FlotillaCore
internal import Testing

@Suite("Sleeping on the machine's clock") struct SleepQueueTests {
    /// Ends what is due by `now`, in order.
    private func due(_ queue: inout SleepQueue<Int>, by now: Duration) -> [Int] {
        var ended: [Int] = []
        while let next = queue.endNext(by: now) { ended.append(next) }
        return ended
    }

    @Test("sleepers are woken in the order in which they are due, not before")
    func order() {
        var queue = SleepQueue<Int>()
        for second in [5, 3, 9, 1, 7] {
            let ticket = queue.makeTicket()
            let hasBegun = queue.begin(ticket, until: .seconds(second), second)
            #expect(hasBegun)
        }
        #expect(queue.nextDue == .seconds(1))
        #expect(due(&queue, by: .milliseconds(999)) == [])
        #expect(due(&queue, by: .seconds(5)) == [1, 3, 5])
        #expect(due(&queue, by: .seconds(60)) == [7, 9])
        #expect(queue.count == 0 && queue.nextDue == nil)
    }

    @Test("a sleep that was ended wakes nobody, before it began, while it lasts or after")
    func ended() {
        var queue = SleepQueue<Int>()
        let before = queue.makeTicket()
        let nobody = queue.end(before)
        let hasBegun = queue.begin(before, until: .seconds(1), 1)
        #expect(nobody == nil && !hasBegun)
        let during = queue.makeTicket()
        _ = queue.begin(during, until: .seconds(1), 2)
        let waiter = queue.end(during)
        let again = queue.end(during)
        #expect(waiter == 2 && again == nil)
        let after = queue.makeTicket()
        _ = queue.begin(after, until: .seconds(2), 3)
        #expect(due(&queue, by: .seconds(9)) == [3], "the slot is used again, for the new sleep only")
        let late = queue.end(after)
        #expect(late == nil)
    }

    @Test("a hundred thousand timeouts that end early leave nothing behind")
    func bounded() {
        var queue = SleepQueue<Int>()
        let patient = queue.makeTicket()
        _ = queue.begin(patient, until: .seconds(3600), -1)
        for call in 0..<100_000 {
            let ticket = queue.makeTicket()
            _ = queue.begin(ticket, until: .milliseconds(call + 5000), call)
            _ = queue.end(ticket)
        }
        #expect(queue.count == 1)
        #expect(queue.entryCount <= 65)
        #expect(due(&queue, by: .seconds(3600)) == [-1])
    }

    @Test("whatever begins and ends, everybody still asleep is woken once and in order", arguments: [UInt64(1), 2, 3])
    func randomSteps(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var queue = SleepQueue<Int>()
        var asleep: [Int: (ticket: SleepQueue<Int>.Ticket, due: Duration)] = [:]
        for step in 0..<5000 {
            if random.int(in: 0...2) > 0 || asleep.isEmpty {
                let ticket = queue.makeTicket()
                let due = Duration.milliseconds(random.int(in: 0...1000))
                _ = queue.begin(ticket, until: due, step)
                asleep[step] = (ticket, due)
            } else if let (id, sleep) = asleep.min(by: { $0.key < $1.key }) {
                let waiter = queue.end(sleep.ticket)
                #expect(waiter == id)
                asleep[id] = nil
            }
            #expect(queue.count == asleep.count)
        }
        let woken = due(&queue, by: .seconds(1))
        #expect(Set(woken) == Set(asleep.keys) && woken.count == asleep.count)
        let times = woken.compactMap { asleep[$0]?.due }
        #expect(times == times.sorted())
    }

    @Test("many tasks sleep at once, each at least as long as it asked for")
    func sleeps() async throws {
        let time = SystemTime()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for milliseconds in 1...50 {
                group.addTask {
                    let start = time.uptime
                    try await time.sleep(for: .milliseconds(milliseconds))
                    return time.uptime - start >= .milliseconds(milliseconds)
                }
            }
            for try await isLongEnough in group { #expect(isLongEnough) }
        }
    }

    @Test("a cancelled sleep ends at once, also when it was cancelled before it began")
    func cancelled() async {
        let time = SystemTime()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do { try await time.sleep(for: .seconds(3600)) } catch { return error is CancellationError }
                    return false
                }
            }
            group.cancelAll()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: true, count: 100))
    }
}
