internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaResilience
internal import SwiftProtobuf
internal import Synchronization

/// Several copies of a callee behind one balancer, and a caller.
///
/// Each says which one it is, and does what the test wants.
struct ReplicaSystem: Sendable {
    /// What one of them does with a call; its text is the answer.
    typealias Answer = @Sendable (_ number: Int, RPCServerContext) async throws -> String

    let world: World
    let balancer: LoadBalancer
    let policies: PolicyRegistry
    let channel: RPCChannel
    let hosts: [RPCHost]
    private let exchange: RPCExchange

    init(
        _ count: Int, _ world: World, algorithm: BalancerPolicy.Algorithm = .roundRobin, weights: [Int] = [],
        policy: CallPolicy = CallPolicy(name: "once", timeout: .seconds(1), retry: nil, breaker: nil, bulkhead: nil),
        answer: @escaping Answer = { number, _ in "\(number)" }
    ) {
        let balancer = LoadBalancer(
            of: "echo", in: nil, policy: BalancerPolicy(algorithm: algorithm, slowStart: nil),
            outliers: OutlierPolicy(), world: world)
        let exchange = RPCExchange { $0 == "echo" ? balancer : nil }
        let telemetry = Telemetry.silent(service: "echo", world: world)
        let policies = PolicyRegistry(world: world, book: PolicyBook(standard: policy))
        hosts = (1...count).map { number in
            RPCHost(
                [RPCService(EchoService { _, context in try await answer(number, context) })], on: exchange,
                telemetry: telemetry, replica: number)
        }
        channel = RPCChannel(
            to: "echo", on: exchange, policies: policies, telemetry: telemetry.renamed("caller"))
        (self.world, self.balancer, self.policies, self.exchange) = (world, balancer, policies, exchange)
        list(weights: weights)
    }

    /// Tells the balancer who is there: all, unless told otherwise.
    func list(_ numbers: [Int]? = nil, draining: Set<Int> = [], weights: [Int] = []) {
        let records = (numbers ?? Array(1...hosts.count)).map { number in
            let weight = number <= weights.count ? weights[number - 1] : Instance.ordinaryWeight
            let instance = Instance(
                id: RPCExchange.instance(number, of: "echo"), service: "echo", address: "\(number)", weight: weight)
            return InstanceRecord(
                instance: instance, isDraining: draining.contains(number), registeredAt: Timestamp(seconds: 0))
        }
        balancer.take(InstanceList(service: "echo", records: records))
    }

    /// Runs the callees while `body` runs.
    func running<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for host in hosts { group.addTask { try await host.run() } }
            for host in hosts { try await host.waitUntilRunning() }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    /// Who answered; the slug of what was thrown instead.
    func ask(isIdempotent: Bool = true, within timeout: Duration = .seconds(5)) async -> String {
        do {
            let context = CallContext.root(world, timeout: timeout)
            return try await channel.unary(.say, Text(""), context, isIdempotent: isIdempotent).value
        } catch {
            return (error as? any DescribedError)?.slug ?? "\(error)"
        }
    }

    /// The answers to so many calls, one after the other.
    func ask(times: Int) async -> [String] {
        var answers: [String] = []
        for _ in 0..<times { answers.append(await ask()) }
        return answers
    }

    /// How often each answer came.
    static func counted(_ answers: [String]) -> [String: Int] {
        Dictionary(answers.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
