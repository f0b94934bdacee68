public import FlotillaConfiguration
public import FlotillaCore
public import FlotillaObservability
public import FlotillaResilience
internal import Synchronization

/// The policies that hold now, and the file they are from: watched, and taken over while calls are under way.
///
/// A file that is wrong, or whose plan is refused, changes nothing: what held goes on to hold, the error is logged
/// once with its lines, counted (`flotilla_policy_reloads_total`), and shown until the file is right again
/// (`flotilla_policy_file_refused`). Callable from any thread.
public final class LivePolicies: Sendable {
    /// What holds, and what does not and why.
    public struct State: Sendable {
        /// What holds.
        public var file: PolicyFile
        /// What it comes to.
        public var plan: PolicyPlan
        /// Since when.
        public var adoptedAt: Timestamp
        /// How often another file was adopted since the start.
        public var adoptions = 0
        /// What the last one changed, a line for each value; empty before one was adopted.
        public var changes: [String] = []
        /// What of it takes effect only with the next start of something, a sentence each.
        public var waiting: [String] = []
        /// The file as it is now, when it was refused: everything that is wrong with it.
        public var refusal: [String] = []
        /// When it was refused.
        public var refusedAt: Timestamp?
    }

    /// A file that holds for a fleet, with what it comes to (``checked(_:_:)``).
    public struct Checked: Sendable {
        public let file: PolicyFile
        public let plan: PolicyPlan
    }

    /// Told of a file that holds from now on, and of the one before, which is nil for the first.
    ///
    /// - Returns: what of it takes effect only with the next start of something, a sentence each.
    public typealias Follower = @Sendable (_ file: PolicyFile, _ before: PolicyFile?) -> [String]

    /// How often the file is looked at.
    public static let lookEvery = Duration.seconds(1)

    /// Whom the policies are for.
    public let shape: FleetShape
    /// The file that is watched; nil: built-in policies, which do not change.
    public let path: String?
    private let telemetry: Telemetry
    private let state: Mutex<State>
    /// Held while somebody makes others follow, so that all end with the last file.
    private let followers = Mutex<[Follower]>([])
    private let refused: Gauge
    private let adoptions: Counter
    private let refusals: Counter

    /// - Parameters:
    ///   - first: what to begin with, checked for the same `shape`.
    ///   - path: where it is from, to be watched; nil: nothing is watched.
    public init(_ first: Checked, for shape: FleetShape, watching path: String? = nil, telemetry: Telemetry) {
        self.shape = shape
        self.path = path
        self.telemetry = telemetry
        state = Mutex(State(file: first.file, plan: first.plan, adoptedAt: telemetry.world.now))
        refused = telemetry.metrics.gauge(
            "flotilla_policy_file_refused", "1 while the policy file on disk is not the one that holds.")
        func counter(_ outcome: String) -> Counter {
            telemetry.metrics.counter(
                "flotilla_policy_reloads_total", "Changes of the policy file, by what became of them.",
                labels: [("outcome", outcome)])
        }
        adoptions = counter("adopted")
        refusals = counter("refused")
        refused.set(0)
    }

    /// What is counted of changes of the file.
    public var metrics: MetricsRegistry { telemetry.metrics }

    /// What holds now.
    public var current: State { state.withLock { $0 } }

    /// Reads a file and holds it against the fleet and its plan.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    public static func checked(
        _ file: ConfigurationFile, _ shape: FleetShape
    ) throws(ConfigurationError) -> Checked {
        let read = try PolicyFile.read(file, for: shape)
        let contradictions = read.book.problems().map { sentence in
            PolicyCompiler.sentence(sentence, "policies", .file(path: file.path, line: 0))
        }
        guard contradictions.isEmpty else { throw ConfigurationError(contradictions) }
        let plan = PolicyPlan(read, for: shape)
        let problems = plan.problems
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return Checked(file: read, plan: plan)
    }

    /// Tells `follower` of what holds now, and of every file that is adopted later, one after the other. It must be
    /// quick, and must not ask for a reload itself.
    public func follow(_ follower: @escaping Follower) {
        followers.withLock { followers in
            _ = follower(current.file, nil)
            followers.append(follower)
        }
    }

    /// Looks at the file every second until the task is cancelled; a changed one is adopted when it has not changed for
    /// a second, so that one that is still being written is not read.
    public func watch(adoptingInto registry: PolicyRegistry) async throws {
        guard let path else { return }
        var known = FileStamp(path)
        var before = known
        while true {
            try await telemetry.world.time.sleep(for: Self.lookEvery)
            let now = FileStamp(path)
            defer { before = now }
            guard now != known, now == before else { continue }
            known = now
            reload(into: registry)
        }
    }

    /// Reads the file now, and adopts it when it is right.
    ///
    /// - Returns: whether it holds now; also true when there is no file to read.
    @discardableResult
    public func reload(into registry: PolicyRegistry) -> Bool {
        followers.withLock { reload(into: registry, $0) }
    }

    private func reload(into registry: PolicyRegistry, _ followers: [Follower]) -> Bool {
        guard let path else { return true }
        do throws(ConfigurationError) {
            let checked = try Self.checked(try ConfigurationFile.read(path), shape)
            let problems = registry.adopt(checked.file.book)
            guard problems.isEmpty else {
                refuse(problems)
                return false
            }
            adopt(checked, followers)
            return true
        } catch {
            refuse(error.problems.map(\.description))
            return false
        }
    }

    private func adopt(_ checked: Checked, _ followers: [Follower]) {
        let now = telemetry.world.now
        let before = current.file
        let changes = checked.file.changes(since: before, for: shape)
        state.withLock { state in
            state.file = checked.file
            state.plan = checked.plan
            state.adoptedAt = now
            state.adoptions += 1
            state.changes = changes
            state.refusal = []
            state.refusedAt = nil
        }
        let waiting = followers.flatMap { $0(checked.file, before) }
        state.withLock { $0.waiting = waiting }
        refused.set(0)
        adoptions.increment()
        telemetry.log(
            .notice, "the policy file changed and holds now", nil,
            ["file": checked.file.path, "changes": changes.joined(separator: "\n")])
        guard !waiting.isEmpty else { return }
        telemetry.log(
            .warning, "a part of the policy file takes effect only with the next start", nil,
            ["file": checked.file.path, "parts": waiting.joined(separator: "\n")])
    }

    private func refuse(_ problems: [String]) {
        let now = telemetry.world.now
        let isNew = state.withLock { state in
            defer {
                state.refusal = problems
                state.refusedAt = now
            }
            return state.refusal != problems
        }
        refused.set(1)
        refusals.increment()
        guard isNew else { return }
        telemetry.log(
            .error, "the policy file changed and is refused: the policies stay as they were", nil,
            ["file": path ?? "", "problems": problems.joined(separator: "\n")])
    }
}
