public import FlotillaCore
internal import Synchronization

/// What one service of a simulated fleet runs on: its disk, its clock, its randomness.
public struct SimulatedMachine: Sendable {
    public let service: String
    public let disk: SimulatedDisk
    public let time: SimulatedTime
    public let world: World
    let pace: DiskPace
    /// Told when the power fails in the midst of a commit.
    let powerFailure = PowerFailure()

    init(service: String, seed: UInt64, scheduler: SimulationScheduler) {
        // Every machine draws from numbers of its own, so that one more draw here moves nothing there.
        let own = StableSeed.make(seed, service)
        self.service = service
        disk = SimulatedDisk(seed: own)
        time = SimulatedTime(scheduler)
        world = World(time: time, random: SeededRandom(seed: own &+ 1))
        pace = DiskPace(time: time, random: SeededRandom(seed: own &+ 2))
    }

    /// What a writer waits for before its commit and after it.
    func takeTime() async {
        if disk.hasCrashed { powerFailure.tell() }
        await pace.wait()
    }
}

/// Lets one task wait for the power of a machine to fail.
final class PowerFailure: Sendable {
    private struct State {
        var hasFailed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Waits until it has failed, at most for a while.
    func wait(atMost limit: Duration, on time: any TimeSource) async {
        state.withLock { $0.hasFailed = false }
        let alarm = time.alarm(after: limit) { self.tell() }
        await withCheckedContinuation { continuation in
            let hasFailed = state.withLock { state in
                if !state.hasFailed { state.waiter = continuation }
                return state.hasFailed
            }
            if hasFailed { continuation.resume() }
        }
        alarm.turnOff()
    }

    func tell() {
        let waiter = state.withLock { state in
            state.hasFailed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}

/// How long the disk of a machine takes for a commit.
final class DiskPace: Sendable {
    private struct State {
        var delayMax = Duration.milliseconds(1)
    }

    private let time: any TimeSource
    private let random: any RandomSource
    private let state = Mutex(State())

    init(time: any TimeSource, random: any RandomSource) {
        self.time = time
        self.random = random
    }

    var delayMax: Duration {
        get { state.withLock { $0.delayMax } }
        set { state.withLock { $0.delayMax = newValue } }
    }

    func wait() async {
        do { try await time.sleep(for: delayMax * random.unit()) } catch { return }  // Cancelled: the write sees it.
    }
}

/// Seeds that depend on a name, the same in every run and on every machine.
enum StableSeed {
    /// A hash of the name, mixed with the run's seed.
    static func make(_ seed: UInt64, _ name: String) -> UInt64 {
        var hash = StableHash(seed: seed &* 0x9E37_79B9_7F4A_7C15)
        hash.combine(name.utf8)
        return hash.value
    }
}
