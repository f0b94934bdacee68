#if os(Linux)
    internal import FlotillaConfiguration
    internal import FlotillaCore
    @testable internal import FlotillaGateway
    internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Testing

    @Suite("The plan of an upstream") struct UpstreamPlanTests {
        private func read(_ text: String) throws -> UpstreamPlan {
            let file = ConfigurationFile(path: "gateway.yaml", text: text)
            let (plan, problems) = YAMLReader.read(file) { UpstreamPlan(from: &$0) }
            guard problems.isEmpty, var plan else { throw ConfigurationError(problems) }
            plan.name = "backend"
            return plan
        }

        private func problems(_ upstream: String) -> String {
            let error = #expect(throws: ConfigurationError.self) { try read(upstream) }
            return error?.description ?? ""
        }

        @Test("with addresses only: spread and ejected as usual, and no guard")
        func least() throws {
            let plan = try read("instances: [\"127.0.0.1:9000\"]")
            #expect(plan.name == "backend" && plan.wire == .http && plan.policy == nil && plan.timeout == nil)
            #expect(plan.balancer == BalancerPolicy() && plan.outliers == OutlierPolicy())
            #expect(plan.connectTimeout == .seconds(1) && plan.answerTimeout == .seconds(30))
            #expect(try plan.upstream(.manual()).name == "backend" && plan.callGuard(.manual()) == nil)
        }

        @Test("with everything")
        func whole() throws {
            let plan = try read(
                """
                instances: ["127.0.0.1:9000", "127.0.0.1:9001 weight=200"]
                protocol: grpc
                connectTimeout: 100ms
                answerTimeout: 5s
                balancer: { algorithm: least-request, slowStart: { enabled: false } }
                outliers: { failures: 3, ejection: 5s }
                timeout: 2s
                retry: { attempts: 2, when: { defect: true } }
                breaker: { failures: 10 }
                limit: { count: 500 }
                bulkhead: { concurrency: 100 }
                """)
            #expect(plan.wire == .grpc)
            #expect(plan.connectTimeout == .milliseconds(100) && plan.answerTimeout == .seconds(5))
            #expect(plan.balancer.algorithm == .leastRequest && plan.balancer.slowStart == nil)
            #expect(plan.outliers?.consecutiveFailures == 3 && plan.outliers?.ejection == .seconds(5))
            let policy = try #require(plan.policy)
            #expect(policy.name == "backend" && policy.timeout == .seconds(2) && policy.retry?.attemptsMax == 2)
            #expect(policy.retry?.conditions == .all && policy.limit?.count == 500)
            #expect(policy.breaker?.trip == .consecutive(failures: 10))
            #expect(policy.bulkhead == BulkheadPolicy(concurrencyMax: 100, queueMax: 0, waitMax: .zero))
            #expect(plan.callGuard(.manual())?.target == "gateway → backend")
            let upstream = try plan.upstream(.manual())
            #expect(upstream.snapshot().endpoints.map(\.instance.weight) == [100, 200])
        }

        @Test("nothing is ejected where that is said")
        func noOutliers() throws {
            #expect(try read("instances: [\"127.0.0.1:9000\"]\noutliers: { enabled: false }").outliers == nil)
        }

        @Test("what a loop cannot do is not known, and addresses are told with their place")
        func wrong() {
            let text = problems(
                """
                instances: ["127.0.0.1:9000", "127.0.0.1"]
                retry: { attempts: 2, backoff: { first: 1s } }
                bulkhead: { concurrency: 10, queue: 5 }
                protocol: smtp
                """)
            for part in [
                "\"127.0.0.1\" is no address", "gateway.yaml:1:", "backoff: is not known", "gateway.yaml:2:",
                "queue: is not known", "gateway.yaml:3:", "http, grpc",
            ] { #expect(text.contains(part), "\(part) is not in \(text)") }
        }

        @Test("an upstream is changed while it runs as far as that goes")
        func change() throws {
            let old = try read("instances: [\"127.0.0.1:9000\"]")
            let upstream = try old.upstream(.manual())
            var new = try read("instances: [\"127.0.0.1:9001\"]\nbalancer: { algorithm: weighted }")
            #expect(try new.change(upstream, from: old))
            #expect(upstream.snapshot().endpoints.map(\.instance.address) == ["127.0.0.1:9001"])
            #expect(upstream.balancer.policy.algorithm == .weighted)
            new.answerTimeout = .seconds(3)
            #expect(try !new.change(upstream, from: old))
        }
    }
#endif
