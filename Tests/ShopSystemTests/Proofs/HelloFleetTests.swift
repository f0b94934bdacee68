internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("hello-fleet")
    struct HelloFleetTests {
        @Test("three greetings are counted once each, also over a kill")
        func counts() async throws {
            try await TestFolder.with { folder in
                try await RemoteConnections.with(connectTimeout: .seconds(60)) { connections in
                    let first = try Program("hello-fleet", ["0", folder.data], in: folder, run: "first")
                    let fleet = try await Self.responder(of: first, connections)
                    for _ in 1...3 {
                        let request = Request(
                            .post, "/greetings", headers: [.contentType: "application/json"],
                            body: Array(#"{"name": "Ada"}"#.utf8))
                        try await Reply(request, try await fleet.send(request)).expecting(201)
                    }
                    _ = try await wait(until: "all greetings were counted") { () -> Bool? in
                        try await Self.count(fleet) == 3 ? true : nil
                    }
                    try await first.kill()

                    let second = try Program("hello-fleet", ["0", folder.data], in: folder, run: "second")
                    let restarted = try await Self.responder(of: second, connections)
                    let again = Request(
                        .post, "/greetings", headers: [.contentType: "application/json"],
                        body: Array(#"{"name": "Grace"}"#.utf8))
                    try await Reply(again, try await restarted.send(again)).expecting(201)
                    // Messages keep their order: when Grace is counted, whatever came twice for Ada has been seen.
                    _ = try await wait(until: "the greeting after the restart was counted") { () -> Bool? in
                        try await Self.count(restarted, "Grace") == 1 ? true : nil
                    }
                    #expect(try await Self.count(restarted) == 3)
                    try await second.kill()
                }
            }
        }

        @Test("it holds in a simulation, which finds what is broken on purpose")
        func simulated() async throws {
            try await TestFolder.with { folder in
                let whole = try Program(
                    "hello-fleet", ["sim", "--seeds", "3", "--minutes", "2"], in: folder, run: "whole")
                #expect(try await whole.exitCode() == 0, "\(whole.output)")
                #expect(whole.output.contains("greetings per CPU second"))
                let broken = try Program(
                    "hello-fleet", ["sim", "--seeds", "10", "--minutes", "2", "--mutate", "drop-fsync"], in: folder,
                    run: "broken")
                #expect(try await broken.exitCode() == 1)
                #expect(broken.output.contains("again: hello-fleet sim --minutes 2 --mutate drop-fsync --seed "))
            }
        }

        private static func responder(
            of program: Program, _ connections: RemoteConnections
        ) async throws -> RemoteResponder {
            let address = try await program.line(after: "listens on ")
            return RemoteResponder("hello-fleet", at: address, connections: connections, world: .system())
        }

        private static func count(_ fleet: RemoteResponder, _ name: String = "Ada") async throws -> Int64? {
            let request = Request(.get, "/counts/\(name)")
            return try await Reply(request, try await fleet.send(request)).expecting(200).json["count"]?.integer
        }
    }
}
