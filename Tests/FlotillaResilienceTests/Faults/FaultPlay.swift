internal import FlotillaCore
internal import FlotillaResilience

/// Four calls to a ``BadDependency`` under one policy: three, 5 s of peace, one more. What came of them is a row.
struct FaultPlay: Sendable {
    let dependency: BadDependency.Kind
    let setting: FaultSetting
    /// Whether the calls end by their deadline themselves, `CallGuard.runCooperative`.
    var isCooperative = false

    /// What the calls came to, in the form of ``FaultTable``.
    func columns() throws -> [String] { try VirtualRun.of { world in try await play(world) } }

    private func play(_ world: World) async throws -> [String] {
        let callee = BadDependency(dependency, on: world.time)
        let events = Record<String>()
        let subject = CallGuard(target: "a → b", policy: setting.policy, world: world) { event in
            events.add(Self.short(event.kind))
        }
        let first = await firstThree(subject, callee, world)
        try await world.time.sleep(for: .seconds(5))
        let last = await call(subject, callee, world)
        let shot = subject.snapshot()
        return [
            dependency.rawValue, first.joined(separator: " ") + "; " + last,
            "\(callee.attempts)/\(callee.cut)", shot.breaker?.state.rawValue ?? "-",
            shot.retriesSaved.map(String.init) ?? "-", Self.counted(events.entries),
        ]
    }

    private func firstThree(_ subject: CallGuard, _ callee: BadDependency, _ world: World) async -> [String] {
        guard setting.isCrowd else {
            var answers: [String] = []
            for _ in 1...3 { answers.append(await call(subject, callee, world)) }
            return answers
        }
        return await withTaskGroup(of: (Int, String).self) { group in
            for number in 0..<3 { group.addTask { (number, await call(subject, callee, world)) } }
            var answers = Array(repeating: "", count: 3)
            for await (number, answer) in group { answers[number] = answer }
            return answers
        }
    }

    /// The answer, or the slug of the error, and after how many milliseconds; `~` marks an answer of the fallback.
    private func call(_ subject: CallGuard, _ callee: BadDependency, _ world: World) async -> String {
        let began = world.time.uptime
        let context = CallContext.root(world, timeout: setting.deadline)
        let isIdempotent = setting.isIdempotent
        let answer: String
        do {
            if setting.hasFallback {
                answer = try await subject.run(context, isIdempotent: isIdempotent) { _ in
                    try await callee.answer()
                } fallback: {
                    "~" + Self.slug($0)
                }
            } else if isCooperative {
                answer = try await subject.runCooperative(context, isIdempotent: isIdempotent) { context in
                    try await withDeadline(context, on: world.time) { _ in try await callee.answer() }
                }
            } else {
                answer = try await subject.run(context, isIdempotent: isIdempotent) { _ in try await callee.answer() }
            }
        } catch {
            answer = Self.slug(error)
        }
        return "\(answer)@\((world.time.uptime - began).milliseconds)"
    }

    private static func slug(_ error: any Error) -> String {
        guard let described = error as? any DescribedError else {
            return error is BadDependency.Garbled ? "garbled" : "\(type(of: error))"
        }
        return switch described.slug {
        case "circuit-open": "open"
        case "bulkhead-full": "full"
        case "limit-reached": "over"
        default: described.slug
        }
    }

    private static func short(_ kind: GuardEvent.Kind) -> String {
        switch kind {
        case .retrying: "retry"
        case .failed(_, _, _, .notRetryable): "final"
        case .failed(_, _, _, .attemptsUsed): "used"
        case .failed(_, _, _, .budgetEmpty): "broke"
        case .failed(_, _, _, let reason): reason.rawValue
        case .refused(.breaker): "shut"
        case .refused(.bulkhead): "full"
        case .refused(.limiter): "over"
        case .refused(let by): "no-\(by.rawValue)"
        case .breakerChanged(_, .halfOpen): "→half"
        case .breakerChanged(_, let to): "→\(to.rawValue)"
        case .hedged: "hedge"
        case .fellBack: "fell"
        default: "\(kind)"
        }
    }

    /// How often each, in the order in which they came first: `retry×2 attemptsUsed`.
    private static func counted(_ events: [String]) -> String {
        var counts: [(event: String, count: Int)] = []
        for event in events {
            if let index = counts.firstIndex(where: { $0.event == event }) {
                counts[index].count += 1
            } else {
                counts.append((event, 1))
            }
        }
        return counts.map { $0.count == 1 ? $0.event : "\($0.event)×\($0.count)" }.joined(separator: " ")
    }
}
