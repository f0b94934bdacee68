internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

/// Who waits hears of changes; and an instance that announces itself stays known until it leaves.
extension DirectoryContract {
    static let watching: [ContractCase<DirectoryEngine>] = [
        ContractCase("whoever has seen another version is answered at once") { engine in
            let stage = try DirectoryStage(engine)
            try await stage.here.register(.probe("a"), ttl: .seconds(15))
            let list = try await stage.there.instances(of: "orders", after: 0, within: .seconds(3_600))
            #expect(list.records.map(\.instance.id.text) == ["a"])
        },
        ContractCase("whoever waits hears of every change") { engine in
            let stage = try DirectoryStage(engine)
            let id = InstanceID(unchecked: "a")
            let changes: [(String, @Sendable () async throws -> Void)] = [
                ("a comes", { try await stage.here.register(.probe("a"), ttl: .seconds(500)) }),
                ("a drains", { try await stage.here.drain(id) }),
                ("a begins anew", { try await stage.here.register(.probe("a"), ttl: .seconds(500)) }),
                ("a leaves", { try await stage.here.deregister(id) }),
            ]
            for (what, change) in changes {
                let version = try await stage.there.instances(of: "orders").version
                try await stage.whileWatching(version, count: 5, change) { list in
                    #expect(list.version != version, "\(what)")
                }
            }
        },
        ContractCase("an expiry is a change like any other") { engine in
            let stage = try DirectoryStage(engine)
            try await stage.here.register(.probe("a"), ttl: .seconds(10))
            let version = try await stage.there.instances(of: "orders").version
            try await stage.whileWatching(version, {}) { list in #expect(list.records.isEmpty) }
        },
        ContractCase("when nothing changes the same list comes when the time is over") { engine in
            let stage = try DirectoryStage(engine)
            try await stage.here.register(.probe("a"), ttl: .seconds(600))
            let version = try await stage.there.instances(of: "orders").version
            try await stage.whileWatching(version, within: .seconds(5), {}) { list in
                #expect(list.version == version)
                #expect(stage.time.uptime >= .seconds(5))
            }
            let before = stage.time.uptime
            let list = try await stage.there.instances(of: "orders", after: version, within: .zero)
            #expect(list.version == version)
            #expect(stage.time.uptime == before)
        },
        ContractCase("a cancelled caller waits no longer") { engine in
            let stage = try DirectoryStage(engine)
            let version = try await stage.there.instances(of: "orders").version
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        _ = try await stage.there.instances(of: "orders", after: version, within: .seconds(3_600))
                    }
                }
                try await eventually("it waits") { stage.time.sleeperCount > 0 }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(stage.time.sleeperCount == 0)
        },
    ]

    static let announcing: [ContractCase<DirectoryEngine>] = [
        ContractCase("an announced instance stays known, also when the directory has forgotten it") { engine in
            let stage = try DirectoryStage(engine)
            let instance = Instance.probe("a")
            let announcement = Announcement(instance, in: stage.here, ttl: .seconds(15), time: stage.time)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await announcement.run() }
                try await eventually("it is known") { try await stage.ids() == ["a"] }
                for _ in 0..<8 {
                    try await eventually("it has sent its heartbeat") { stage.time.sleeperCount == 1 }
                    stage.time.advance(by: .seconds(5))
                }
                #expect(try await stage.ids() == ["a"])
                try await stage.there.deregister(instance.id)
                try await eventually("it has registered again", on: stage.time, step: .milliseconds(500)) {
                    try await stage.ids() == ["a"]
                }
                #expect(announcement.failures == 0)
                group.cancelAll()
            }
            stage.time.advance(by: .seconds(15))
            #expect(try await stage.ids() == [], "nobody speaks for it any more")
        },
        ContractCase("an instance that leaves is draining first, and stays so if it has to register again") { engine in
            let stage = try DirectoryStage(engine)
            let announcement = Announcement(.probe("a"), in: stage.here, ttl: .seconds(15), time: stage.time)
            try await announcement.register()
            try await announcement.drain()
            #expect(try await stage.there.instances(of: "orders").records.map(\.isDraining) == [true])
            try await announcement.register()
            #expect(try await stage.there.instances(of: "orders").records.map(\.isDraining) == [true])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await announcement.leave(settling: .seconds(2)) }
                try await eventually("it waits for its callers") { stage.time.sleeperCount == 1 }
                #expect(try await stage.ids() == ["a"])
                stage.time.advance(by: .seconds(2))
                try await group.waitForAll()
            }
            #expect(try await stage.ids() == [])
            // Nothing brings it back.
            await announcement.run()
            #expect(try await stage.ids() == [])
        },
    ]
}

extension DirectoryStage {
    /// Makes a change while some wait for one, and lets time go on until all have heard.
    func whileWatching(
        _ version: UInt64, within limit: Duration = .seconds(60), count: Int = 1,
        _ change: @Sendable () async throws -> Void, _ check: @escaping @Sendable (InstanceList) -> Void
    ) async throws {
        let heard = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    check(try await there.instances(of: "orders", after: version, within: limit))
                    heard.add()
                }
            }
            try await eventually("they wait") { time.sleeperCount == count }
            try await change()
            try await eventually("they have heard", on: time, step: .milliseconds(250)) { heard.count == count }
            try await group.waitForAll()
        }
    }
}
