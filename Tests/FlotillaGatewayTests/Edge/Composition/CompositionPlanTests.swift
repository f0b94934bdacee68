internal import FlotillaConfiguration
internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import Testing

@Suite("The plan of a composition") struct CompositionPlanTests {
    @Test("parts come after what they need, whatever the order in which they stand")
    func order() throws {
        let plan = try CompositionFixture.read(
            """
            parts:
              total: { get: "orders/totals/{user.id}", after: [order] }
              user: { get: "users/users/{order.userId}?page={query.page}" }
              order: { get: "orders/orders/{id}" }
            """)
        #expect(plan.order.map { plan.parts[$0].name } == ["order", "user", "total"])
        #expect(plan.parts.map(\.needs) == [[1, 2], [2], []])
        #expect(plan.upstreams == ["orders", "users"])
    }

    @Test("a circle is told in its whole length, at each of its parts")
    func circle() throws {
        let text = try CompositionFixture.problems(
            """
            parts:
              a: { get: "orders/x/{b.id}" }
              b: { get: "orders/x/{c.id}" }
              c: { get: "orders/x/1", after: [a] }
              d: { get: "orders/x/{d.id}" }
              e: { get: "orders/x/{id}" }
            """)
        #expect(text.contains("has 4 problems"))
        #expect(text.contains(#"parts.a: "a → b → c → a" goes round in a circle (gateway.yaml:2:"#))
        #expect(text.contains(#"parts.c: "c → a → b → c" goes round in a circle (gateway.yaml:4:"#))
        #expect(text.contains(#"parts.d: "d → d" goes round in a circle (gateway.yaml:5:"#))
        #expect(!text.contains("parts.e"))
    }

    @Test("a circle stands in a file with its line even when nothing else is wrong")
    func smallCircle() throws {
        let text = try CompositionFixture.problems("parts:\n  a: { get: \"orders/{a.b}\" }\n")
        #expect(text.contains("parts.a") && text.contains("gateway.yaml:2:"))
    }

    @Test("what leads nowhere, and what cannot be, is told with its place")
    func wrong() throws {
        let text = try CompositionFixture.problems(
            """
            parts:
              order: { get: "ordres/orders/{id}", optional: true }
              user: { get: "users/users/{order.userId}" }
              one: { get: "users/users/{nobody}" }
              two: { get: "users/users/{item.id}" }
              three: { get: "users" }
              four: { get: "users/{id" }
              five: { get: "users/../{id}" }
              six: { get: "users/a b" }
              seven: { get: "users/{caller.name}", after: [ordr] }
              eight: {}
              query: { get: "users/x" }
              id: { get: "users/x" }
              nine: { get: "users/x", each: "nowhere.items", timeout: 2m, pick: "a..b" }
            shape:
              total: { from: "order.total" }
              other: { from: "nothing.total" }
              empty: {}
            """)
        for part in [
            "did you mean orders? (gateway.yaml:2:", "is optional, but this part is not and needs it (gateway.yaml:3:",
            "leads nowhere (gateway.yaml:4:", "leads nowhere (gateway.yaml:5:",
            "has no path behind the upstream (gateway.yaml:6:", "has a { without its } (gateway.yaml:7:",
            "has a segment . or .. (gateway.yaml:8:", "must be percent-encoded (gateway.yaml:9:",
            "is not caller.id (gateway.yaml:10:", "get: is not set (gateway.yaml:11:",
            "is the name of something else (gateway.yaml:12:", "is the name of something else (gateway.yaml:13:",
            "parts.nine.each", "parts.nine.timeout", "is no way into JSON (gateway.yaml:14:",
            "shape.other.from", "shape.empty.from: is not set",
        ] { #expect(text.contains(part), "\(part) is not in \(text)") }
        #expect(!text.contains("shape.total"))
    }

    @Test("there is at least one part")
    func empty() throws {
        #expect(try CompositionFixture.problems("parallel: 4\n").contains("1 to 32 parts"))
    }

    @Test("the same questions describe the schema")
    func schema() {
        let schema = YAMLReader.shape { CompositionPlan(from: &$0, captures: [], upstreams: []) }
            .jsonSchema(title: "t", about: "a")
        for key in ["parts", "each", "pick", "optional", "timeout", "shape", "from", "parallel"] {
            #expect(schema.contains("\"\(key)\""))
        }
    }
}
