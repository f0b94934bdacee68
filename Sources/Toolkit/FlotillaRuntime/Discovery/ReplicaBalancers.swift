internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// The balancers of the services of a fleet that run with several replicas.
///
/// They are told who runs; there is no directory in between, for in one process it is known.
final class ReplicaBalancers: Sendable {
    private let balancers: [String: LoadBalancer]
    /// Held while somebody finds out who runs and tells, so that the last to tell has the last news.
    private let telling = Mutex(())

    /// - Parameter services: those with several replicas.
    init(_ services: [String], policy: BalancerPolicy, outliers: OutlierPolicy?, world: World) {
        var balancers: [String: LoadBalancer] = [:]
        for service in services {
            balancers[service] = LoadBalancer(of: service, in: nil, policy: policy, outliers: outliers, world: world)
        }
        self.balancers = balancers
    }

    /// Goes by other policies from now on, by service (``LoadBalancer/adopt(_:outliers:)``).
    func adopt(_ choose: (String) -> (balancer: BalancerPolicy, outliers: OutlierPolicy?)) {
        for (service, balancer) in balancers.sorted(by: { $0.key < $1.key }) {
            let choice = choose(service)
            balancer.adopt(choice.balancer, outliers: choice.outliers)
        }
    }

    /// Whether every service runs alone.
    var isEmpty: Bool { balancers.isEmpty }

    /// The balancer of a service; nil for one that runs alone.
    func balancer(of service: String) -> LoadBalancer? { balancers[service] }

    /// Tells the balancer of a service who runs now.
    ///
    /// - Parameter instances: finds it out; not called for a service that runs alone.
    func changed(_ service: String, _ instances: () -> [InstanceRecord]) {
        guard let balancer = balancers[service] else { return }
        telling.withLock { _ in balancer.take(InstanceList(service: service, records: instances())) }
    }

    /// Looks for outliers, and takes them back, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for (_, balancer) in balancers.sorted(by: { $0.key < $1.key }) {
                group.addTask { await balancer.follow() }
            }
        }
    }

    /// What they look like now, by service.
    func snapshots() -> [BalancerSnapshot] { balancers.sorted { $0.key < $1.key }.map { $0.value.snapshot() } }
}
