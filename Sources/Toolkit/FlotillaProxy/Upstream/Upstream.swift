#if os(Linux)
    public import FlotillaCore

    /// Servers that are alike, among which requests are spread. Safe to share between threads; each loop has
    /// connections of its own to it.
    public final class Upstream: Sendable {
        /// How it is called in answers and metrics.
        public let name: String
        let instances: [Instance]
        let limits: UpstreamLimits

        struct Instance: Sendable {
            /// As it was given: `127.0.0.1:9000`.
            let text: String
            let address: SocketAddress
        }

        /// - Parameter instances: 1 to 1,000, each `host:port` (`[::1]:80`). Names are looked up here, which may wait.
        /// - Throws: ``ServiceError`` `upstream-address` for one that is no address.
        public init(
            _ name: String, instances: [String], limits: UpstreamLimits = UpstreamLimits()
        ) throws(ServiceError) {
            precondition((1...1_000).contains(instances.count), "\(name) has \(instances.count) instances")
            self.name = name
            self.limits = limits
            var all: [Instance] = []
            for text in instances {
                guard let address = Self.address(text) else {
                    throw ServiceError(
                        .invalid, "upstream-address",
                        "'\(text)' of the upstream '\(name)' is no address; write it as 127.0.0.1:9000.")
                }
                all.append(Instance(text: text, address: address))
            }
            self.instances = all
        }

        private static func address(_ text: String) -> SocketAddress? {
            guard let text = AddressText(text), text.port > 0 else { return nil }
            return SocketAddress(host: text.host, port: text.port)
        }
    }

    /// What is put up with from an ``Upstream``.
    public struct UpstreamLimits: Sendable, Hashable {
        /// How long a connection may take to be made.
        public var connectTimeout: Duration = .seconds(1)
        /// How long an upstream may be silent while an answer, or the rest of one, is waited for. An unused connection
        /// is kept as long.
        public var answerTimeout: Duration = .seconds(30)
        /// How long an upstream may be silent after an upgrade (WebSocket).
        public var tunnelTimeout: Duration = .seconds(3_600)
        /// Unused connections that are kept, for each loop and instance.
        public var idleMax = 1_024
        /// So many failures in a row, and an instance is left out.
        public var failuresMax = 5
        /// For how long.
        public var ejectionTime: Duration = .seconds(10)
        /// Of an answer's head.
        public var headBytesMax = 64 << 10

        public init() {}
    }

    /// Why there is no answer from an upstream.
    public struct UpstreamFailure: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// No instance takes connections.
            case unreachable = "upstream-unreachable"
            /// No connection, or no answer, came in time.
            case timeout = "upstream-timeout"
            /// The connection ended before the answer.
            case brokenOff = "upstream-broke-off"
            /// What came is no HTTP.
            case unreadable = "upstream-unreadable"

            /// The status a client is to be answered with.
            public var status: Int { self == .timeout ? 504 : 502 }
        }

        public var kind: Kind
        /// Of the ``Upstream``.
        public var upstream: String
    }
#endif
