internal import FlotillaCore
internal import FlotillaHTTP
internal import Foundation
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("policies")
    struct PolicyTests {
        /// A plan that holds, with the Shop's gateway breaker that opens at once and for long.
        private static let sound = """
            breakers:
              nervous: {failures: 1, openFor: 60s}
            policies:
              all: {timeout: 1s, retry: none, breaker: nervous}
            targets:
              calls: {"*": all}
            """

        private static let refused: [(text: String, line: String)] = [
            ("policies: {all: {timeout: 5x}}", "policies.all.timeout: \"5x\" is not a duration (plan.yaml:1:27)"),
            (sound.replacing("gateway", with: "x").replacing("\"*\"", with: "\"gatway → *\""), "did you mean gateway?"),
            (sound.replacing("timeout: 1s", with: "timeout: 6s"), "(plan.yaml:6:11)"),
            (sound.replacing("retry: none", with: "retry: {attempts: 4}"), "Retry at one hop only."),
            (sound.replacing("retry: none", with: "retry: {attempts: 2, budget: {share: 100%}}"), "times its load"),
            (sound.replacing("retry: none", with: "retry: none, bulkhead: none"), "Give it a bulkhead"),
        ]

        @Test("a plan that cannot hold is refused by the check, and stops the start before anything is written",
            arguments: refused)
        func refusal(text: String, line: String) async throws {
            try await TestFolder.with { folder in
                try text.write(toFile: "\(folder.path)/plan.yaml", atomically: false, encoding: .utf8)
                let check = try Program(
                    "shop", ["policies", "check", "--policies", "plan.yaml"], in: folder, run: "check")
                #expect(try await check.exitCode() == 78)
                #expect((check.errors + check.output).contains(line), "\(check.errors) \(check.output)")
                let up = try Program(
                    "shop", ["up", "--policies", "plan.yaml", "--data", folder.data], in: folder, run: "up")
                #expect(try await up.exitCode() == 78)
                #expect(up.errors.contains(line), "\(up.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder.data))
            }
        }

        @Test("the Shop's own plan holds, and is explained by name, by message, and as a schema")
        func own() async throws {
            try await TestFolder.with { folder in
                func output(_ arguments: [String], code: Int32 = 0) async throws -> String {
                    let program = try Program("shop", ["policies"] + arguments, in: folder, run: arguments[0])
                    #expect(try await program.exitCode() == code)
                    return code == 0 ? program.output : program.errors
                }
                #expect(try await output(["check"]).contains("The plan holds"))
                let call = try await output(["explain", "orders -> catalog.GetProducts"])
                #expect(call.contains("by the policy checkout, as \"orders → *\" at policies.yaml:"))
                #expect(call.contains("through timeouts.asked"))
                #expect(call.contains("At worst one call takes"))
                let command = try await output(["explain", "orders → payments.ProcessPayment"])
                #expect(command.contains("It is the message shop.payments.process-payment.v1, not a call"))
                #expect(try await output(["explain", "activity payments"]).contains("tried 1000 times"))
                #expect(try await output(["explain"]).split(separator: "\n").count > 20)
                let json = try await output(["explain", "gateway → orders", "--json"])
                #expect(try JSONValue(parsing: Array(json.utf8)).array?.first?["policy"]?.string == "forwarding")
                #expect(try await output(["explain", "orders → catlog"], code: 64).contains("did you mean"))
                #expect(try await output(["explain", "balancer catalog"]).contains("(peak-ewma)"))
                #expect(try await output(["schema"]).contains("json-schema.org"))
            }
        }

        @Test("every call the Shop makes is one its plan knows, by the policy of the file")
        func declared() async throws {
            try await RunningShop.run { shop in
                _ = try await shop.client.get("/api/v1/products").expecting(200)
                _ = try await shop.client.get("/.well-known/jwks.json").expecting(200)
                let list = try await shop.client.operate(.get, "/ops/policies").expecting(200)
                let items = list.json["items"]?.array ?? []
                #expect(items.count > 20)
                let unknown = items.filter { $0["source"]?.string == "code" }.compactMap { $0["target"]?.string }
                #expect(unknown == [])
                for item in items where item["live"] != nil {
                    #expect(item["source"]?.string?.hasPrefix("policies.yaml:") == true)
                }
                let one = try await shop.client.operate(.get, "/ops/policies/gateway-%3Ecatalog").expecting(200)
                #expect(one.json["live"]?["breaker"]?["state"]?.string == "closed")
                #expect(one.json["live"]?["calls"]?.integer.map { $0 > 0 } == true)
            }
        }

        @Test("the policy file of the settings is the one commands go by, from wherever it was set")
        func ofSettings() async throws {
            try await TestFolder.with { folder in
                try Self.sound.write(toFile: "\(folder.path)/plan.yaml", atomically: false, encoding: .utf8)
                try "policies: plan.yaml\n".write(
                    toFile: "\(folder.path)/shop.yaml", atomically: false, encoding: .utf8)
                for (flags, environment) in [
                    (["--config", "shop.yaml"], [:]), ([], ["SHOP_POLICIES": "plan.yaml"]),
                    (["--policies", "plan.yaml"], ["SHOP_POLICIES": "none.yaml"]),
                ] {
                    let program = try Program(
                        "shop", ["policies", "explain", "gateway → orders"] + flags, environment: environment,
                        in: folder, run: "explain")
                    #expect(try await program.exitCode() == 0)
                    #expect(program.output.contains("by the policy all, as \"*\" at plan.yaml:6"), "\(program.errors)")
                }
                let missing = try Program(
                    "shop", ["policies", "check"], environment: ["SHOP_POLICIES": "none.yaml"], in: folder,
                    run: "check")
                #expect(try await missing.exitCode() == 78)
            }
        }

        @Test("every part of a policy can be held and let go, and is seen there, in the metrics and in the log")
        func levers() async throws {
            try await RunningShop.run(["replicas": "catalog=2"]) { shop in
                _ = try await shop.client.get("/api/v1/products").expecting(200)
                func pull(_ path: String, _ body: String) async throws -> Reply {
                    var request = Request(.put, target: "/ops/policies/\(path)", body: Array(body.utf8))
                    request.headers[.contentType] = "application/json"
                    return try await Reply(request, try await shop.client.operations.send(request))
                }
                func live(_ path: String) async throws -> JSONValue? {
                    try await shop.client.operate(.get, "/ops/policies/\(path)").expecting(200).json["live"]
                }
                let call = "gateway-%3Ecatalog"
                try await pull("\(call)/budget", #"{"state":"held"}"#).expecting(200)
                try await pull("\(call)/pool", #"{"state":"held","concurrency":7,"queue":0}"#).expecting(200)
                try await pull("door%20gateway/limit", #"{"state":"held","limit":77}"#).expecting(200)
                try await pull("balancer%20catalog/instances/catalog-2", #"{"state":"ejected"}"#).expecting(200)
                let held = try await live(call)
                #expect(held?["budget"]?["isForced"]?.bool == true && held?["pool"]?["isForced"]?.bool == true)
                #expect(held?["pool"]?["concurrencyMax"]?.integer == 7 && held?["pool"]?["queueMax"]?.integer == 0)
                #expect(held?["breaker"]?["failureRate"] != nil)
                let door = try await live("door%20gateway")
                #expect(door?["limit"]?.integer == 77 && door?["forced"]?.string == "held")
                #expect(door?["priorities"]?.array?.count == 3)
                let instances = try await live("balancer%20catalog")?["instances"]?.array ?? []
                #expect(instances.compactMap { $0["state"]?.string } == ["in-use", "held-out"])
                for _ in 0..<6 { _ = try await shop.client.get("/api/v1/products").expecting(200) }
                let metrics = try await shop.client.operate(.get, "/metrics").expecting(200).text
                for kind in ["budget", "pool", "door", "instance"] {
                    #expect(metrics.contains("flotilla_forced{kind=\"\(kind)\""))
                }
                #expect(metrics.contains("flotilla_database_queued_writes{service=\"catalog\"}"))
                #expect(metrics.contains("flotilla_activities{activity=\"charge-card\""))
                for path in ["\(call)/budget", "\(call)/pool", "door+gateway/limit",
                    "balancer+catalog/instances/catalog-2"]
                {
                    try await pull(path, #"{"state":"auto"}"#).expecting(200)
                }
                #expect(try await shop.client.operate(.get, "/metrics").text.contains("flotilla_forced{") == false)
                try await pull("door%20gateway/limit", #"{"state":"off"}"#).expecting(200)
                #expect(try await live("door%20gateway")?["forced"]?.string == "off")
                try await pull("door%20nowhere/limit", #"{"state":"auto"}"#).expecting(404)
                try await pull("balancer%20catalog/instances/catalog-9", #"{"state":"auto"}"#).expecting(404)
                try await pull("balancer%20orders/instances/orders-1", #"{"state":"ejected"}"#).expecting(409)
                #expect(try await live("database%20orders")?["queuedWritesMax"]?.integer == 16_384)
                #expect(try await live("activity%20payments.charge-card")?["waiting"]?.integer == 0)
                #expect(try await live("consumer%20payments")?["parkedSubjects"]?.integer == 0)
                let log = try await shop.client.operate(.get, "/ops/logs?service=operations&level=warning&limit=50")
                let audits = (log.json["items"]?.array ?? []).compactMap { $0["metadata"]?["audit"]?.string }
                #expect(audits.count == 9)
                #expect(Set(audits) == [
                    "retry-budget-forced", "pool-forced", "door-forced", "instance-forced",
                ])
            }
        }

        @Test("an operator holds a breaker open, disabled and lets it go; who did is in the log")
        func forcing() async throws {
            try await RunningShop.run { shop in
                let path = "/ops/policies/gateway%20%E2%86%92%20users/breaker"
                func force(_ body: String, at path: String = path) async throws -> Reply {
                    var request = Request(.put, target: path, body: Array(body.utf8))
                    request.headers[.contentType] = "application/json"
                    return try await Reply(request, try await shop.client.operations.send(request))
                }
                func keys() async throws -> Int { try await shop.client.get("/.well-known/jwks.json").status }
                #expect(try await keys() == 200)
                let open = try await force(#"{"state":"open"}"#).expecting(200)
                #expect(open.json["state"]?.string == "open")
                #expect(try await keys() == 503)
                try await force(#"{"state":"disabled"}"#).expecting(200)
                #expect(try await keys() == 200)
                try await force(#"{"state":"open"}"#, at: "/ops/breakers/gateway-%3Eusers").expecting(200)
                #expect(try await keys() == 503)
                try await force(#"{"state":"auto"}"#).expecting(200)
                #expect(try await keys() == 200)
                try await force(#"{"state":"ajar"}"#).expecting(422)
                try await force(#"{"state":"open"}"#, at: "/ops/policies/gateway-%3Enobody/breaker").expecting(404)
                let log = try await shop.client.operate(.get, "/ops/logs?service=operations&level=warning&limit=50")
                let audits = (log.json["items"]?.array ?? []).filter {
                    $0["metadata"]?["audit"]?.string == "breaker-forced"
                }
                #expect(audits.count == 4)
                #expect(audits.last?["metadata"]?["target"]?.string == "gateway → users")
            }
        }

        @Test("a changed file is taken over while the Shop runs; a wrong one changes nothing and is shown")
        func reload() async throws {
            try await TestFolder.with { folder in
                let path = "\(folder.path)/plan.yaml"
                func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
                try write(Self.sound)
                try await RunningShop.run(["policies": path], in: folder) { shop in
                    func timeout() async throws -> Int? {
                        let entry = try await shop.client.operate(.get, "/ops/policies/gateway-%3Eusers")
                        return try entry.expecting(200).json["timeoutMs"]?.integer.map { Int($0) }
                    }
                    #expect(try await timeout() == 1_000)
                    try write(Self.sound.replacing("timeout: 1s", with: "timeout: 2s"))
                    try await shop.client.operate(.post, "/ops/policies/reload").expecting(200)
                    #expect(try await timeout() == 2_000)
                    try write(
                        "adaptive: {narrow: {min: 5, max: 9, start: 7}}\n"
                            + Self.sound.replacing("timeout: 1s", with: "timeout: 2s") + "\n  doors: {gateway: narrow}")
                    let third = try await shop.client.operate(.post, "/ops/policies/reload").expecting(200)
                    #expect(third.json["file"]?["changes"]?.array?.compactMap(\.string).contains {
                        $0 == "door gateway: policy built-in → narrow"
                    } == true)
                    let door = try await shop.client.operate(.get, "/ops/policies/door+gateway").expecting(200)
                    #expect(door.json["policy"]?.string == "narrow" && door.json["live"]?["limit"]?.integer == 9)
                    try write(Self.sound.replacing("timeout: 1s", with: "timeout: 2x"))
                    let refusal = try await shop.client.operate(.post, "/ops/policies/reload").expecting(409)
                    #expect(refusal.text.contains("plan.yaml:4:18"))
                    #expect(try await timeout() == 2_000)
                    let list = try await shop.client.operate(.get, "/ops/policies").expecting(200)
                    #expect(list.json["file"]?["isRefused"]?.bool == true)
                    #expect(list.json["file"]?["problems"]?.array?.count == 1)
                    let metrics = try await shop.client.operate(.get, "/metrics").expecting(200)
                    #expect(metrics.text.contains("flotilla_policy_file_refused 1"))
                    #expect(try await shop.client.get("/.well-known/jwks.json").status == 200)
                }
            }
        }
    }
}
