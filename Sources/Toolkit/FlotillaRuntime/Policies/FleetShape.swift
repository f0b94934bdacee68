/// Who is in a fleet, who calls whom, and where work comes in: what policies are checked against.
///
/// Plain data, made from the fleet's map and its doors (``FleetMap/shape``), or by hand in a test.
public struct FleetShape: Sendable, Hashable {
    /// A service, or something else that calls services, such as the gateway.
    public struct Member: Sendable, Hashable {
        /// `orders`.
        public var name: String
        /// The operations others may call, where they have names: `GetProducts`.
        public var operations: [String]
        /// Whom it calls and waits for.
        public var calls: [String]
        /// The types of the messages it sends.
        public var publishes: [String]
        /// The types of the messages it handles.
        public var consumes: [String]
        /// What it does of its own accord, and how often.
        public var schedules: [String: Duration]
        /// What it asks of something outside, outside of transactions.
        public var activities: [String]
        /// Whether it is a service of the fleet, with a database and perhaps a consumer.
        public var isService: Bool

        public init(
            _ name: String, operations: [String] = [], calls: [String] = [], publishes: [String] = [],
            consumes: [String] = [], schedules: [String: Duration] = [:], activities: [String] = [],
            isService: Bool = true
        ) {
            self.name = name
            self.operations = operations
            self.calls = calls
            self.publishes = publishes
            self.consumes = consumes
            self.schedules = schedules
            self.activities = activities
            self.isService = isService
        }
    }

    /// A way in that somebody outside waits at: a route of the gateway.
    public struct Route: Sendable, Hashable {
        /// `POST /api/v1/orders`.
        public var name: String
        /// Who takes it in: `gateway`.
        public var door: String
        /// Who answers: `orders`.
        public var service: String
        /// How long the answer may take.
        public var timeout: Duration
        /// Whether it only reads, so that it may be asked again.
        public var isRead: Bool
        /// Whether the door answers itself, without a call: then `service` is the door's own part.
        public var isLocal: Bool

        public init(
            _ name: String, door: String, to service: String, timeout: Duration, isRead: Bool, isLocal: Bool = false
        ) {
            self.name = name
            self.door = door
            self.service = service
            self.timeout = timeout
            self.isRead = isRead
            self.isLocal = isLocal
        }
    }

    /// Everybody, each name once.
    public var members: [Member]
    /// The ways in.
    public var routes: [Route]

    public init(_ members: [Member], routes: [Route] = []) {
        self.members = members
        self.routes = routes
    }

    /// The member of that name.
    public subscript(name: String) -> Member? { members.first { $0.name == name } }

    /// Every call somebody may make and wait for, as a target, sorted: `orders → catalog.GetProducts`.
    public var callTargets: [String] {
        members.flatMap { caller in
            caller.calls.flatMap { callee in
                let operations = caller.isService ? self[callee]?.operations ?? [] : []
                return operations.isEmpty
                    ? ["\(caller.name) → \(callee)"] : operations.map { "\(caller.name) → \(callee).\($0)" }
            }
        }
        .sorted()
    }

    /// The names of the services, sorted.
    public var services: [String] { members.filter(\.isService).map(\.name).sorted() }
}
