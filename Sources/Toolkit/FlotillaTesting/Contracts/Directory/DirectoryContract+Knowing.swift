internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

/// Who is known, and for how long.
extension DirectoryContract {
    static let knowing: [ContractCase<DirectoryEngine>] = coming + staying

    private static let coming: [ContractCase<DirectoryEngine>] = [
        ContractCase("a registered instance is known to everybody, with all it told") { engine in
            let stage = try DirectoryStage(engine)
            let instance = Instance(
                id: InstanceID(unchecked: "o-1"), service: "orders", address: "[::1]:9000", zone: "north", weight: 250,
                metadata: ["version": "2.1 ⛵️", "": "no", "empty": ""].filter { !$0.key.isEmpty })
            try await stage.here.register(instance, ttl: .seconds(15))
            let list = try await stage.there.instances(of: "orders")
            #expect(list.service == "orders")
            #expect(
                list.records == [
                    InstanceRecord(instance: instance, isDraining: false, registeredAt: stage.time.now)
                ])
        },
        ContractCase("a list has the instances of one service, by ID") { engine in
            let stage = try DirectoryStage(engine)
            for id in ["c", "a", "b"] { try await stage.here.register(.probe(id), ttl: .seconds(15)) }
            try await stage.here.register(.probe("z", service: "carts"), ttl: .seconds(15))
            #expect(try await stage.ids() == ["a", "b", "c"])
            #expect(try await stage.ids(of: "carts") == ["z"])
            #expect(try await stage.ids(of: "never heard of") == [])
        },
        ContractCase("registering again begins anew") { engine in
            let stage = try DirectoryStage(engine)
            try await stage.here.register(.probe("a"), ttl: .seconds(15))
            try await stage.here.drain(InstanceID(unchecked: "a"))
            stage.time.advance(by: .seconds(3))
            try await stage.there.register(.probe("a", address: "host:2"), ttl: .seconds(15))
            let records = try await stage.here.instances(of: "orders").records
            #expect(records.map(\.instance.address) == ["host:2"])
            #expect(records.map(\.isDraining) == [false])
            #expect(records.map(\.registeredAt) == [stage.time.now])
            try await stage.there.register(.probe("a", service: "carts"), ttl: .seconds(15))
            #expect(try await stage.ids() == [], "it is another service's now")
            #expect(try await stage.ids(of: "carts") == ["a"])
        },
        ContractCase("what cannot be registered is refused with all that is wrong") { engine in
            let stage = try DirectoryStage(engine)
            var wrong = Instance.probe("a b", address: "")
            wrong.weight = 0
            wrong.metadata = ["key": String(repeating: "x", count: 257)]
            let refusal = await #expect(throws: DirectoryError.self) {
                try await stage.here.register(wrong, ttl: .zero)
            }
            guard case .invalid(let problems) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(problems.count == 5)
            #expect(problems.contains("weight is 0; allowed are 1 to 1000"))
            #expect(try await stage.ids() == [])
        },
        ContractCase("there is a bound, and room again when somebody's time is over") { engine in
            let stage = try DirectoryStage(engine)
            let most = DirectoryLimits.instancesMax
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<most {
                    group.addTask { try await stage.here.register(.probe("i-\(number)"), ttl: .seconds(15)) }
                }
                try await group.waitForAll()
            }
            await #expect(throws: DirectoryError.full(instancesMax: most)) {
                try await stage.there.register(.probe("one-more"), ttl: .seconds(15))
            }
            try await stage.there.register(.probe("i-7"), ttl: .seconds(15))
            stage.time.advance(by: .seconds(15))
            try await stage.there.register(.probe("one-more"), ttl: .seconds(15))
            #expect(try await stage.ids() == ["one-more"])
        },
    ]

    private static let staying: [ContractCase<DirectoryEngine>] = [
        ContractCase("without a heartbeat an instance is known for its own TTL and no longer") { engine in
            let stage = try DirectoryStage(engine)
            try await stage.here.register(.probe("long"), ttl: .seconds(30))
            try await stage.here.register(.probe("short"), ttl: .seconds(10))
            stage.time.advance(by: .milliseconds(9_999))
            #expect(try await stage.ids() == ["long", "short"])
            stage.time.advance(by: .milliseconds(1))
            #expect(try await stage.ids() == ["long"])
            stage.time.advance(by: .seconds(20))
            #expect(try await stage.ids() == [])
        },
        ContractCase("heartbeats keep it known, whoever sends them") { engine in
            let stage = try DirectoryStage(engine)
            try await stage.here.register(.probe("a"), ttl: .seconds(10))
            for beat in 0..<10 {
                stage.time.advance(by: .seconds(9))
                try await (beat.isMultiple(of: 2) ? stage.here : stage.there).heartbeat(InstanceID(unchecked: "a"))
            }
            #expect(try await stage.ids() == ["a"])
            stage.time.advance(by: .seconds(10))
            #expect(try await stage.ids() == [])
        },
        ContractCase("a heartbeat that comes too late is refused: it has to register again") { engine in
            let stage = try DirectoryStage(engine)
            let id = InstanceID(unchecked: "a")
            await #expect(throws: DirectoryError.unknown(id)) { try await stage.here.heartbeat(id) }
            try await stage.here.register(.probe("a"), ttl: .seconds(10))
            stage.time.advance(by: .seconds(10))
            await #expect(throws: DirectoryError.unknown(id)) { try await stage.here.heartbeat(id) }
            #expect(try await stage.ids() == [])
            try await stage.here.register(.probe("a"), ttl: .seconds(10))
            #expect(try await stage.ids() == ["a"])
        },
        ContractCase("a draining instance is known as such until it leaves") { engine in
            let stage = try DirectoryStage(engine)
            let id = InstanceID(unchecked: "a")
            await #expect(throws: DirectoryError.unknown(id)) { try await stage.here.drain(id) }
            try await stage.here.register(.probe("a"), ttl: .seconds(10))
            try await stage.here.drain(id)
            try await stage.here.drain(id)
            stage.time.advance(by: .seconds(9))
            try await stage.here.heartbeat(id)
            stage.time.advance(by: .seconds(9))
            #expect(try await stage.there.instances(of: "orders").records.map(\.isDraining) == [true])
            try await stage.there.deregister(id)
            #expect(try await stage.ids() == [])
            try await stage.here.deregister(id)
            await #expect(throws: DirectoryError.unknown(id)) { try await stage.here.heartbeat(id) }
        },
        ContractCase("the version of a list is the same for the same list, and only then") { engine in
            let stage = try DirectoryStage(engine)
            var seen = [try await stage.version()]
            try await stage.here.register(.probe("a"), ttl: .seconds(60))
            seen.append(try await stage.version())
            try await stage.here.register(.probe("b"), ttl: .seconds(30))
            seen.append(try await stage.version())
            try await stage.here.heartbeat(InstanceID(unchecked: "a"))
            try await stage.here.register(.probe("z", service: "carts"), ttl: .seconds(60))
            #expect(try await stage.version() == seen.last, "neither heartbeats nor others change it")
            try await stage.here.drain(InstanceID(unchecked: "a"))
            seen.append(try await stage.version())
            stage.time.advance(by: .seconds(30))
            seen.append(try await stage.version())
            try await stage.here.register(.probe("a"), ttl: .seconds(60))
            seen.append(try await stage.version())
            #expect(Set(seen).count == seen.count)
            #expect(!seen.contains(0))
        },
    ]
}
