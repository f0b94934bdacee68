internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("Composition") struct ComposerTests {
    private static let details = """
        parts:
          order: { get: "orders/orders/{id}" }
          user: { get: "users/users/{order.userId}", optional: true, timeout: 500ms }
          payment: { get: "orders/payments?orderId={id}", pick: "items.-1", optional: true }
        """

    @Test("parts are asked with what other parts answered, with the caller's token and trace")
    func asks() async throws {
        let fixture = try CompositionFixture(Self.details)
        let context = fixture.context()
        let answer = try await fixture.respond { upstream, request, _ in
            #expect(request.headers[.authorization] == "Bearer token-of-ada")
            #expect(request.headers[.traceparent]?.contains(context.trace.traceID) == true)
            #expect(request.deadline != nil)
            switch request.path {
            case "/orders/7": return .json(["id": "7", "userId": "u-1"])
            case "/users/u-1": return .json(["name": "Ada"])
            default: return .json(["items": [["no": 1], ["no": 2]]])
            }
        }
        #expect(
            answer == [
                "order": ["id": "7", "userId": "u-1"], "user": ["name": "Ada"], "payment": ["no": 2], "partial": [],
            ])
        #expect(fixture.asked.all.sorted() == ["orders/orders/7", "orders/payments?orderId=7", "users/users/u-1"])
    }

    @Test("parts that need nothing of each other are under way together")
    func parallel() async throws {
        let fixture = try CompositionFixture(
            """
            parts:
              a: { get: "orders/a" }
              b: { get: "orders/b" }
              c: { get: "orders/c" }
            """)
        let gate = CallGate(count: 3)
        // Would never end if one waited for another.
        _ = try await fixture.respond { _, _, _ in
            await gate.pass()
            return .json(1)
        }
        #expect(fixture.asked.most == 3)
    }

    @Test("an optional part that fails is named, and so is what needs it")
    func partial() async throws {
        let fixture = try CompositionFixture(
            Self.details + "\n  badge: { get: \"users/badges/{user.name}\", optional: true }\n")
        let answer = try await fixture.respond { upstream, _, _ in
            upstream == "users" ? Response(.serviceUnavailable) : .json(["userId": "u-1"])
        }
        #expect(answer["partial"] == ["user", "badge"])
        #expect(answer["user"] == .null && answer["badge"] == .null && answer["payment"] == .null)
        #expect(fixture.asked.all.count == 3)
    }

    @Test("the problem of a required part is passed on, and nobody else is waited for")
    func required() async throws {
        let fixture = try CompositionFixture(Self.details)
        let time = fixture.time
        let error = try await #require(throws: UpstreamProblem.self) {
            try await fixture.respond { _, request, _ in
                if request.path == "/payments" { try await time.sleep(for: .seconds(60)) }
                return .json(
                    Array(#"{"type":"/problems/no-such-order","detail":"There is no order 7."}"#.utf8),
                    status: .notFound)
            }
        }
        #expect(error.kind == .notFound && error.slug == "no-such-order" && error.detail == "There is no order 7.")
        #expect(time.sleeperCount == 0)
    }

    @Test("a part that is too slow is given up, at its own time")
    func timeout() async throws {
        let fixture = try CompositionFixture(Self.details)
        let time = fixture.time
        async let answer = fixture.respond { upstream, _, context in
            if upstream == "users" {
                #expect(context.deadline.remaining(on: time) == .milliseconds(500))
                try await time.sleep(for: .seconds(10))
            }
            return .json(["userId": "u-1"])
        }
        // Two sleep: who answers too late, and the alarm of the part; the alarms of others are gone.
        while time.sleeperCount != 2 { await Task.yield() }
        time.advance(by: .milliseconds(499))
        for _ in 0..<100 { await Task.yield() }
        #expect(time.sleeperCount == 2)
        time.advance(by: .milliseconds(1))
        let value = try await answer
        #expect(value["partial"] == ["user"])
    }

    @Test("the deadline of the request holds for the whole")
    func deadline() async throws {
        let fixture = try CompositionFixture("parts: { a: { get: \"orders/a\", timeout: 10s } }")
        let time = fixture.time
        async let answer = fixture.respond(timeout: .milliseconds(100)) { _, _, _ in
            try await time.sleep(for: .seconds(10))
            return .json(1)
        }
        while time.sleeperCount != 2 { await Task.yield() }
        time.advance(by: .milliseconds(100))
        do {
            let value = try await answer
            Issue.record("answered \(value)")
        } catch let error as ServiceError {
            #expect(error.kind == .timeout)
        }
    }

    private static let products = """
        parts:
          order: { get: "orders/orders/{id}" }
          products:
            get: "catalog/products/{item.sku}"
            each: "order.items"
            limit: 6
            parallel: 2
            optional: true
        """

    @Test("one call for each element, two at a time, in the order of the list, the same one once")
    func fanOut() async throws {
        let fixture = try CompositionFixture(Self.products)
        let time = fixture.time
        let items: [JSONValue] = [1, 2, 3, 2, 4, 1].map { ["sku": .integer($0)] }
        async let composed = fixture.respond { _, request, _ in
            guard request.path.hasPrefix("/products") else { return .json(["items": .array(items)]) }
            // The first to be asked is the last to answer.
            try await time.sleep(for: .milliseconds(100 - 10 * fixture.asked.all.count))
            return .json(.string(request.path))
        }
        for _ in 0..<20 {
            for _ in 0..<200 { await Task.yield() }
            time.advance(by: .milliseconds(50))
        }
        let answer = try await composed
        #expect(answer["products"] == ["/products/1", "/products/2", "/products/3", "/products/4"])
        #expect(answer["partial"] == [])
        #expect(fixture.asked.most == 2)
    }

    @Test("elements that cannot be had, or are too many, are left out, and the part is named")
    func partialFanOut() async throws {
        let fixture = try CompositionFixture(Self.products)
        let items = (1...9).map { JSONValue.object(JSONObject([.init(name: "sku", value: .integer($0))])) }
        let answer = try await fixture.respond { _, request, _ in
            switch request.path {
            case "/orders/7": .json(["items": .array(items)])
            case "/products/3": Response(.notFound)
            default: .json(.string(request.path))
            }
        }
        #expect(answer["products"]?.array?.compactMap(\.string).map { $0.suffix(1) } == ["1", "2", "4", "5", "6"])
        #expect(answer["partial"] == ["products"])
        #expect(fixture.asked.all.count == 7)
    }

    @Test("a list that has to be whole fails with its first element")
    func wholeFanOut() async throws {
        let text = Self.products.replacing("optional: true", with: "optional: false")
        let fixture = try CompositionFixture(text)
        await #expect(throws: UpstreamProblem.self) {
            try await fixture.respond { _, request, _ in
                request.path == "/orders/7" ? .json(["items": [["sku": "a"], ["sku": "b"]]]) : Response(.notFound)
            }
        }
    }

    @Test(
        "a value is a piece of one segment, whatever is in it",
        arguments: [
            ("a/../../admin", "users/users/a%2F..%2F..%2Fadmin"), ("a?admin=1#x", "users/users/a%3Fadmin%3D1%23x"),
            ("50%", "users/users/50%25"), ("ü &\r\nx: y", "users/users/%C3%BC%20%26%0D%0Ax%3A%20y"),
        ])
    func injection(value: String, target: String) async throws {
        let fixture = try CompositionFixture(Self.details)
        _ = try await fixture.respond { _, request, _ in .json(["userId": .string(value)]) }
        #expect(fixture.asked.all.contains(target), "\(fixture.asked.all)")
    }

    @Test(
        "a value that would make another path is not asked for",
        arguments: [
            "", ".", "..", [] as JSONValue, .null, ["a": 1], 1.5, .string(String(repeating: "x", count: 1_025)),
        ])
    func unfit(value: JSONValue) async throws {
        let fixture = try CompositionFixture(Self.details)
        let answer = try await fixture.respond { _, _, _ in .json(["userId": value]) }
        #expect(answer["partial"] == ["user"])
        #expect(!fixture.asked.all.contains { $0.hasPrefix("users/") })
    }

    @Test("parameters and the caller can be referred to; a path of the request is data, too")
    func inputs() async throws {
        let fixture = try CompositionFixture(
            "parts: { a: { get: \"orders/by/{caller.id}/{id}?q={query.q}&x=1\" } }")
        _ = try await fixture.respond(captures: ["id": "a/b"], query: "q=1%262&z=3") { _, _, _ in .json(1) }
        #expect(fixture.asked.all == ["orders/by/ada/a%2Fb?q=1%262&x=1"])
    }

    @Test("answers together may be so long, and must be JSON")
    func bounds() async throws {
        let fixture = try CompositionFixture(Self.details + "\nbytesMax: 1024\n")
        let answer = try await fixture.respond { upstream, request, _ in
            upstream == "users"
                ? .json(["long": .string(String(repeating: "x", count: 1_000))])
                : request.path == "/payments" ? Response.text("no JSON") : .json(["userId": "u-1"])
        }
        #expect(answer["partial"] == ["user", "payment"])
    }

    @Test("the answer has the fields that the shape asks for")
    func shape() async throws {
        let fixture = try CompositionFixture(
            Self.details + """

                shape:
                  number: { from: id }
                  who: { from: "user.name" }
                  amount: { from: "payment.amount" }
                """)
        let answer = try await fixture.respond { upstream, request, _ in
            request.path == "/payments" ? Response(.notFound) : .json(["userId": "u-1", "name": "Ada"])
        }
        #expect(answer == ["number": "7", "who": "Ada", "amount": .null, "partial": ["payment"]])
    }

    @Test("whoever is cancelled cancels the calls")
    func cancelled() async throws {
        let fixture = try CompositionFixture(Self.details)
        let time = fixture.time
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await fixture.respond { _, _, _ in
                        try await time.sleep(for: .seconds(60))
                        return .json(1)
                    }
                    return false
                } catch { return error is CancellationError }
            }
            while time.sleeperCount < 4 { await Task.yield() }
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(time.sleeperCount == 0)
    }
}

/// Lets nobody pass before a number of tasks wait.
private final class CallGate: Sendable {
    private let state: Mutex<(missing: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(count: Int) { state = Mutex((count, [])) }

    func pass() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.missing -= 1
                state.waiting.append(continuation)
                guard state.missing <= 0 else { return [CheckedContinuation<Void, Never>]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in ready { continuation.resume() }
        }
    }
}
