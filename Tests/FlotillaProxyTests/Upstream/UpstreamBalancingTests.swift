#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Glibc
    internal import Synchronization
    internal import Testing

    @Suite("Upstreams and their balancers", .timeLimit(.minutes(2))) struct UpstreamBalancingTests {
        /// Answers with its name.
        private static func named(_ name: String) throws -> TestUpstream {
            try TestUpstream { peer in
                while !peer.read().isEmpty { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(name)") }
            }
        }

        /// Who answers `count` requests, one after the other on one connection.
        private static func answers(_ count: Int, _ client: PlainClient, path: String = "/") -> String {
            (0..<count).map { _ in
                client.clear()
                client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
                _ = client.read(until: "\r\n\r\n")
                while client.received.hasSuffix("\r\n\r\n") { if !client.readMore() { return "?" } }
                return String(client.received.suffix(1))
            }.joined()
        }

        @Test("every algorithm reaches all instances, and none twice what weights give it", arguments: [
            BalancerPolicy.Algorithm.roundRobin, .weighted, .leastRequest, .peakEWMA,
        ])
        func algorithms(algorithm: BalancerPolicy.Algorithm) async throws {
            try await Self.named("a").during { a in
                try await Self.named("b").during { b in
                    let upstream = try Upstream(
                        "backend", instances: [a.address, b.address + " weight=300"],
                        balancer: BalancerPolicy(algorithm: algorithm))
                    try await withLoopServer(TestDoor { _, _ in .forward(Forward(upstream)) }) { port in
                        let all = Self.answers(80, try PlainClient(port: port))
                        let toA = all.count { $0 == "a" }
                        #expect(toA + all.count { $0 == "b" } == 80 && toA > 0 && toA < 80)
                        if algorithm == .roundRobin { #expect(toA == 40) }
                        if algorithm == .weighted { #expect((18...22).contains(toA)) }
                    }
                    let shot = upstream.snapshot()
                    #expect(shot.picks == 80 && shot.endpoints.map(\.inFlight) == [0, 0])
                }
            }
        }

        @Test("what has one key goes to one instance, on every connection; keys are spread")
        func keys() async throws {
            try await Self.named("a").during { a in
                try await Self.named("b").during { b in
                    let upstream = try Upstream(
                        "backend", instances: [a.address, b.address],
                        balancer: BalancerPolicy(algorithm: .consistentHash))
                    let door = TestDoor { path, _ in
                        var forward = Forward(upstream)
                        forward.key = LoadBalancer.key(of: path)
                        return .forward(forward)
                    }
                    try await withLoopServer(door) { port in
                        var seen: Set<String> = []
                        for number in 0..<20 {
                            let own = try (0..<3).map { _ in
                                Self.answers(2, try PlainClient(port: port), path: "/\(number)")
                            }
                            #expect(Set(own.joined()).count == 1)
                            seen.insert(own[0])
                        }
                        #expect(seen == ["aa", "bb"])
                    }
                }
            }
        }

        @Test("instances are replaced while requests run; who stays goes on as it is")
        func replace() async throws {
            try await Self.named("a").during { a in
                try await Self.named("b").during { b in
                    let upstream = try Upstream(
                        "backend", instances: [a.address], balancer: BalancerPolicy(algorithm: .roundRobin))
                    #expect(upstream.snapshot().endpoints.map(\.warmth) == [1])
                    let aAddress = a.address
                    let bAddress = b.address
                    try await withLoopServer(TestDoor { _, _ in .forward(Forward(upstream)) }) { port in
                        let client = try PlainClient(port: port)
                        #expect(Self.answers(3, client) == "aaa")
                        try upstream.replace(instances: [bAddress])
                        #expect(Self.answers(3, client) == "bbb")
                        #expect(throws: ServiceError.self) { try upstream.replace(instances: ["nowhere"]) }
                        #expect(Self.answers(1, client) == "b")
                        try upstream.replace(instances: [bAddress, aAddress])
                        #expect(Set(Self.answers(40, client)) == ["a", "b"])
                    }
                    // b was there before, and its calls with it; a is back as a new one, and both warm up.
                    let endpoints = upstream.snapshot().endpoints
                    let old = endpoints.first { $0.instance.address == bAddress }
                    let new = endpoints.first { $0.instance.address == aAddress }
                    #expect((old?.picks ?? 0) + (new?.picks ?? 0) == 44 && (old?.picks ?? 0) > 4)
                    #expect(endpoints.allSatisfy { $0.warmth < 1 })
                }
            }
        }

        @Test("when most are ejected all are asked again, the ejected ones, too; with no panic they are not")
        func panic() async throws {
            let nobody = try (0..<3).map { _ in try TestUpstream(isListening: false) { _ in } }
            let addresses = nobody.map(\.address)
            try await Self.named("a").during { a in
                for threshold in [0.5, 0] {
                    let upstream = try Upstream(
                        "backend", instances: [a.address] + addresses,
                        balancer: BalancerPolicy(algorithm: .roundRobin, panicThreshold: threshold),
                        outliers: OutlierPolicy(consecutiveFailures: 1, ejectedShareMax: 1))
                    try await withLoopServer(TestDoor { _, _ in .forward(Forward(upstream)) }) { port in
                        let all = Self.answers(12, try PlainClient(port: port))
                        if threshold == 0 { #expect(all.suffix(8) == "aaaaaaaa") }
                    }
                    let shot = upstream.snapshot()
                    #expect(shot.endpoints.count { $0.state.name == "ejected" } == 3)
                    #expect(shot.isPanicking == (threshold > 0))
                    let toNobody = shot.endpoints.filter { $0.instance.address != a.address }.map(\.picks)
                    #expect(threshold > 0 ? toNobody.reduce(0, +) > 3 : toNobody == [1, 1, 1])
                }
            }
        }

        @Test("connections to an upstream that nobody uses any more are closed when another one comes")
        func orphans() async throws {
            let other = try Self.named("b")
            let first = try TestUpstream { peer in
                peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
                // Silent, and there, until it is let go.
                peer.waitForEnd()
            }
            try await first.during { first in
                try await other.during { other in
                    let now = Mutex<Upstream?>(try Upstream("one", instances: [first.address]))
                    let door = TestDoor { _, _ in
                        guard let upstream = now.withLock({ $0 }) else { return .collect }
                        return .forward(Forward(upstream))
                    }
                    let address = other.address
                    try await withLoopServer(door) { port in
                        let client = try PlainClient(port: port)
                        #expect(Self.answers(1, client) == "a" && first.ends == 0)
                        let next = try Upstream("two", instances: [address])
                        now.withLock { $0 = next }
                        #expect(Self.answers(2, client) == "bb")
                        // It is the server that has closed it: the idle one would be kept for half a minute.
                        while first.ends == 0 { sched_yield() }
                    }
                }
            }
        }

        @Test("an instance as it is written", arguments: [
            ("127.0.0.1:9000", "127.0.0.1:9000", 100), ("[::1]:80 weight=7", "[::1]:80", 7),
            ("a:1 weight=1000", "a:1", 1_000),
        ])
        func texts(text: String, address: String, weight: Int) {
            let instance = UpstreamInstance(text)
            #expect(instance?.text == address && instance?.weight == weight)
        }

        @Test("and as it must not be", arguments: [
            "", "a", "a:0", "a:70000", "a:1 weight=0", "a:1 weight=1001", "a:1 weight=x", "a:1 heavy", ":1",
        ])
        func noTexts(text: String) { #expect(UpstreamInstance(text) == nil) }
    }
#endif
