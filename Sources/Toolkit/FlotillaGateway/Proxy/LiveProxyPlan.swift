#if os(Linux)
    internal import FlotillaConfiguration
    public import FlotillaCore
    public import FlotillaObservability
    internal import Synchronization

    /// The plan a gateway goes by, and the file it is from: watched, and taken over while requests are under way.
    ///
    /// A file that is wrong changes nothing: what held goes on to hold; the error is logged once with its lines,
    /// counted (`gateway_plan_reloads_total`) and shown until the file is right again. Callable from any thread.
    public final class LiveProxyPlan: Sendable {
        /// How the file stands.
        public struct State: Sendable {
            /// Since when the present plan holds.
            public var adoptedAt: Timestamp
            /// How often another plan was adopted since the start.
            public var adoptions = 0
            /// What is wrong with the file as it is now; empty when it is the one that holds.
            public var refusal: [String] = []
        }

        /// How often the file is looked at.
        public static let lookEvery = Duration.seconds(1)

        /// The file that is watched.
        public let path: String
        private let server: ProxyServer
        private let telemetry: Telemetry
        private let state: Mutex<State>

        public init(_ server: ProxyServer, from path: String, telemetry: Telemetry) {
            self.server = server
            self.path = path
            self.telemetry = telemetry
            state = Mutex(State(adoptedAt: telemetry.world.now))
        }

        /// How the file stands now.
        public var current: State { state.withLock { $0 } }

        /// Looks at the file every second until the task is cancelled; a changed one is adopted when it has not changed
        /// for a second, so that one that is still being written is not read.
        public func watch() async throws {
            var known = FileStamp(path)
            var before = known
            while true {
                try await telemetry.world.time.sleep(for: Self.lookEvery)
                lookAtCertificates()
                let now = FileStamp(path)
                defer { before = now }
                guard now != known, now == before else { continue }
                known = now
                reload()
            }
        }

        /// Reads the file now, and adopts it when it is right.
        ///
        /// - Returns: whether it holds now.
        @discardableResult
        public func reload() -> Bool {
            do {
                try server.adopt(try ProxyPlan.read(try ConfigurationFile.read(path)))
            } catch let error as ConfigurationError {
                refuse(error.problems.map(\.description))
                return false
            } catch {
                refuse(["\(error)"])
                return false
            }
            let now = telemetry.world.now
            state.withLock { state in
                state = State(adoptedAt: now, adoptions: state.adoptions + 1)
            }
            count("adopted")
            telemetry.log(.notice, "the gateway's plan changed and holds now", nil, ["file": path])
            return true
        }

        private func lookAtCertificates() {
            do {
                guard try server.lookAtCertificates() else { return }
                telemetry.log(.notice, "the gateway's certificates changed and are shown now", nil, [:])
            } catch {
                telemetry.log(
                    .error, "the gateway's certificates changed and are refused: those before are shown", nil,
                    ["problem": "\(error)"])
            }
        }

        private func refuse(_ problems: [String]) {
            let isNew = state.withLock { state in
                defer { state.refusal = problems }
                return state.refusal != problems
            }
            count("refused")
            guard isNew else { return }
            telemetry.log(
                .error, "the gateway's plan changed and is refused: it stays as it was", nil,
                ["file": path, "problems": problems.joined(separator: "\n")])
        }

        private func count(_ outcome: String) {
            telemetry.metrics.counter(
                "gateway_plan_reloads_total", "Changes of the gateway's plan, by what became of them.",
                labels: [("outcome", outcome)]
            ).increment()
        }
    }
#endif
