internal import FlotillaCore
internal import FlotillaSecurity
internal import Testing

@Suite struct AttemptThrottleTests {
    private let time = ManualTime()
    private let account = AttemptThrottle.Key("account", freeFailures: 3, isClearedBySuccess: true)
    private let address = AttemptThrottle.Key("address", freeFailures: 5, isClearedBySuccess: false)

    private func wait(_ throttle: AttemptThrottle, _ keys: [AttemptThrottle.Key]) -> Duration? {
        do throws(ServiceError) {
            _ = try throttle.begin(keys)
            return nil
        } catch {
            #expect(error.kind == .limited)
            #expect(error.slug == "too-many-attempts")
            return error.retryAfter
        }
    }

    @Test("after the free failures the wait doubles with each further one, up to the maximum")
    func growingDelay() {
        var limits = AttemptThrottle.Limits()
        limits.delayMax = .seconds(30)
        let throttle = AttemptThrottle(time: time, limits: limits)
        for _ in 0..<3 { #expect(wait(throttle, [account]) == nil) }
        for expected in [5, 10, 20, 30, 30] {
            #expect(wait(throttle, [account]) == .seconds(expected))
            time.advance(by: .seconds(expected) - .milliseconds(1))
            #expect(wait(throttle, [account]) == .milliseconds(1))
            time.advance(by: .milliseconds(1))
            #expect(wait(throttle, [account]) == nil)
        }
    }

    @Test("a success forgets the account's failures, not those of the address")
    func success() throws {
        let throttle = AttemptThrottle(time: time)
        for _ in 0..<2 { #expect(wait(throttle, [account, address]) == nil) }
        throttle.succeeded(try throttle.begin([account, address]))
        for _ in 0..<2 { #expect(wait(throttle, [account, address]) == nil) }
        let other = AttemptThrottle.Key("another account", freeFailures: 3, isClearedBySuccess: true)
        #expect(wait(throttle, [other, address]) == nil)
        #expect(wait(throttle, [other, address]) == .seconds(5))
    }

    @Test("an attempt that tells nothing is not counted, and lifts the wait it caused")
    func withdrawn() throws {
        let throttle = AttemptThrottle(time: time)
        for _ in 0..<2 { #expect(wait(throttle, [account]) == nil) }
        throttle.withdrawn(try throttle.begin([account]))
        #expect(wait(throttle, [account]) == nil)
        #expect(wait(throttle, [account]) == .seconds(5))
    }

    @Test("guesses at the same moment get no further than guesses in a row")
    func atOnce() throws {
        let throttle = AttemptThrottle(time: time)
        let attempts = [try throttle.begin([account]), try throttle.begin([account]), try throttle.begin([account])]
        #expect(wait(throttle, [account]) != nil)
        throttle.succeeded(attempts[0])
        #expect(wait(throttle, [account]) == nil)
    }

    @Test("old failures are forgotten, and so are keys beyond the bound")
    func bounds() {
        var limits = AttemptThrottle.Limits()
        limits.keysMax = 2
        let throttle = AttemptThrottle(time: time, limits: limits)
        for _ in 0..<3 { #expect(wait(throttle, [account]) == nil) }
        time.advance(by: .seconds(3600))
        for _ in 0..<3 { #expect(wait(throttle, [account]) == nil) }
        #expect(wait(throttle, [account]) == .seconds(5))
        for name in ["x", "y"] {
            #expect(wait(throttle, [.init(name, freeFailures: 3, isClearedBySuccess: true)]) == nil)
        }
        #expect(wait(throttle, [account]) == nil)
    }
}
