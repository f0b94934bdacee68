internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaTesting
internal import Testing

@testable internal import FlotillaGateway

@Suite("Conditions on requests") struct AccessExpressionTests {
    /// Saturday, 22 November 2025, 13:30 UTC.
    private static let now = Timestamp(seconds: 1_763_818_200)

    private static let head = PlainHead(
        method: "POST", path: "/users/u%31/orders/7/items", query: "page=2&q=a+b&twice=1&twice=2&empty=&token=hush",
        host: "API.Shop.Example:8443", address: "192.0.2.7",
        fields: [
            .init(name: "x-tenant", value: "acme"), .init(name: "accept", value: "a"),
            .init(name: "accept", value: "b"),
        ])

    private static let captures = [
        ExpressionCapture(name: "userId", place: 1, isRest: false),
        ExpressionCapture(name: "rest", place: 3, isRest: true),
        ExpressionCapture(name: "missing", place: 9, isRest: false),
    ]

    private static func facts(_ caller: Caller?) -> AccessFacts {
        AccessFacts(caller: caller, roles: AccessRoles(["support": ["orders.*"]]), now: now)
    }

    private static let caller = Caller.user(
        "u1", .support, tier: "premium", region: "eu", scopes: ["orders.read", "orders.update"])

    private func holds(_ text: String, _ caller: Caller? = caller, _ head: PlainHead = head) throws -> Bool {
        try ExpressionParser.parse(text, captures: Self.captures).holds(head, Self.facts(caller))
    }

    @Test("what it says holds", arguments: [
        "true", "not false", "true or false and false", "(true or false) and true", "not (true and false)",
        "not not true", "true and not false or false",
        "caller.id == 'u1'", "caller.id == \"u1\"", "'u1' == caller.id", "caller.id != 'u2'",
        "caller.role == 'support'",
        "caller.tier in ['premium', 'enterprise']", "caller.region == 'eu'", "caller.role not in ['admin']",
        "caller.scopes contains 'orders.read'", "'orders.update' in caller.scopes",
        "caller.permissions contains 'orders.read'", "'orders.delete' not in caller.permissions",
        "request.method == 'POST'", "request.method in ['POST', 'PUT']", "request.path == '/users/u1/orders/7/items'",
        "request.path startsWith '/users/'", "request.path endsWith '/items'", "request.path contains 'u1/orders'",
        "request.query.page == 2", "request.query.page == '2'", "request.query.page < 10", "request.query.page >= 2",
        "2 <= request.query.page", "request.query.q == 'a b'", "request.header.x-tenant == 'acme'",
        "request.header.X-Tenant == 'acme'", "request.host == 'api.shop.example'", "request.host endsWith '.example'",
        "request.address == '192.0.2.7'", "path.userId == caller.id", "path.rest == '7/items'",
        "time.hour == 13", "time.hour >= 9 and time.hour < 17", "time.weekday == 6", "time.weekday in [6, 7]",
        "caller.id < 'u2'", "caller.id <= 'u1'", "caller.id > 'u'", "request.path contains ''",
    ])
    func so(text: String) throws {
        #expect(try holds(text))
        #expect(try !holds("not (\(text))"))
    }

    @Test("what it says does not hold", arguments: [
        "false", "not true", "true and false", "caller.id == 'U1'", "caller.id == 'u'", "caller.id != 'u1'",
        "caller.tier in ['free']", "caller.scopes contains 'orders'", "'x' in caller.scopes",
        "caller.permissions contains 'users.read'", "request.method == 'post'", "request.path startsWith 'users'",
        "request.query.page > 2", "request.query.q < 5", "request.host == 'api.shop.example:8443'",
        "path.userId == 'u%31'", "time.hour != 13", "time.weekday > 6", "caller.region startsWith 'europe'",
    ])
    func notSo(text: String) throws {
        #expect(try !holds(text))
        #expect(try holds("not (\(text))"))
    }

    @Test("what a request lacks is nothing, and nothing compares as false", arguments: [
        "caller.id == 'u1'", "caller.id != 'u1'", "caller.id in ['u1']", "caller.id not in ['u1']",
        "caller.role != 'admin'", "'a' in caller.scopes", "'a' not in caller.scopes", "caller.permissions contains 'a'",
        "'a' not in caller.permissions", "path.missing == caller.id", "path.missing != caller.id",
        "request.query.none == ''", "request.query.none != 'x'", "request.query.none < 1", "request.query.empty != 'x'",
        "request.query.twice == 1", "request.query.twice != 1", "request.header.none == request.header.none",
        "request.header.accept == 'a'", "request.header.accept != 'c'", "request.header.none contains ''",
        "request.header.none startsWith ''", "caller.id <= caller.id", "request.query.q == 1", "request.query.q != 1",
    ])
    func nothing(text: String) throws {
        // `a b` is no number: it is neither equal to one nor, being no number, unequal to it.
        if text == "request.query.q != 1" { return #expect(try holds(text, nil)) }
        #expect(try !holds(text, nil))
    }

    @Test("a path that a service may read as another is nobody's", arguments: [
        "/users/u1/../u2/orders", "/users/u1/%2e%2e/u2/orders", "/users/u1/..;x/u2/orders", "/users/u1/./orders",
        "/users/u1/a%2F..%2F..%2Fu2", "/users/u1/a%5C..%5Cb", "/users/u1/%zz", "/users/u1/%ff", "/users/u1/..",
    ])
    func crookedPaths(path: String) throws {
        let head = PlainHead(path: path)
        #expect(try !holds("path.userId == caller.id", Self.caller, head))
        #expect(try !holds("request.path startsWith '/users'", Self.caller, head))
    }

    @Test("texts that only look alike are different")
    func lookAlikes() throws {
        let composed = Caller.user("é")
        #expect(try holds("caller.id == 'é'", composed))
        #expect(try !holds("caller.id == 'e\u{301}'", composed))
        #expect(try holds("caller.id != 'e\u{301}'", composed))
    }

    @Test("and binds more than or, not more than and")
    func precedence() throws {
        let bits = ["false", "true"]
        for number in 0..<8 {
            let (a, b, c) = (number & 1, number >> 1 & 1, number >> 2 & 1)
            let text = "\(bits[a]) or \(bits[b]) and not \(bits[c])"
            #expect(try holds(text) == (a == 1 || (b == 1 && c == 0)), "\(text)")
            let other = "not \(bits[a]) and \(bits[b]) or \(bits[c])"
            #expect(try holds(other) == ((a == 0 && b == 1) || c == 1), "\(other)")
        }
    }

    @Test("what cannot be read is told with its character", arguments: [
        ("", 1, "a value is missing"), ("caller.id", 10, "a comparison is missing"),
        ("caller.id = 'a'", 11, "= is not a comparison"), ("caller.id == ", 14, "a value is missing"),
        ("caller.id == 'a", 14, "does not end"), ("callr.id == 'a'", 1, "callr.id is not known"),
        ("caller.id == 'a' and", 21, "a value is missing"), ("(caller.id == 'a'", 18, "not closed"),
        ("caller.id == 'a')", 17, "something follows"), ("true && false", 6, "& is no word"),
        ("caller.id == 'a' caller.id", 18, "something follows"), ("!true", 1, "! is no word"),
        ("time.hour == '9'", 14, "a number is compared with a text"), ("'9' < time.hour", 1, "a number is compared"),
        ("time.hour in 9", 14, "this is no list"), ("caller.id in 'abc'", 14, "this is no list"),
        ("caller.id in []", 15, "cannot be in a list"), ("caller.id in ['a' 'b']", 19, "not closed"),
        ("caller.id in [caller.role]", 15, "cannot be in a list"), ("caller.scopes == 'a'", 1, "a list cannot be"),
        ("caller.scopes in ['a']", 1, "a list is in no list"), ("time.hour contains 1", 1, "a number contains nothing"),
        ("time.hour startsWith '1'", 1, "this is no text"), ("caller.id endsWith 1", 20, "this is no text"),
        ("'a' == 'a'", 1, "two fixed values"), ("1 < 2", 1, "two fixed values"),
        ("time.hour == 1.2.3", 14, "is no number"),
        ("time.hour == 1.", 14, "is no number"), ("time.hour == -", 14, "is no number"),
        ("path.orderId == caller.id", 1, "has no {orderId}"), ("request.header.authorization == 'x'", 1, "is a proof"),
        ("request.header.Cookie == 'x'", 1, "is a proof"), ("request.header.x-api-key != 'x'", 1, "is a proof"),
        ("request.query. == 'x'", 1, "is not known"), 
        ("caller.id == 'a' and caller.x == 'b'", 22, "caller.x is not known"),
        ("caller.id § 'a'", 11, "has no meaning"), ("caller.id not 'a'", 11, "a comparison is missing"),
        ("not", 4, "a value is missing"), ("é", 1, "has no meaning"),
    ])
    func problems(text: String, character: Int, message: String) {
        let error = #expect(throws: ExpressionError.self) {
            try ExpressionParser.parse(text, captures: Self.captures)
        }
        #expect(error?.offset == character - 1, "\(error?.message ?? "")")
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test("size is bounded")
    func bounds() throws {
        let deep = String(repeating: "(", count: 16) + "true" + String(repeating: ")", count: 16)
        #expect(try holds(deep))
        #expect(throws: ExpressionError.self) { try ExpressionParser.parse("(\(deep))", captures: []) }
        let nots = String(repeating: "not ", count: 17) + "true"
        #expect(throws: ExpressionError.self) { try ExpressionParser.parse(nots, captures: []) }
        let many = Array(repeating: "time.hour>1", count: 65)
        #expect(throws: ExpressionError.self) {
            try ExpressionParser.parse(many.joined(separator: " or "), captures: [])
        }
        #expect(try holds(many.prefix(64).joined(separator: " or ")))
        let long = "caller.id == '" + String(repeating: "a", count: 986) + "'"
        #expect(throws: ExpressionError.self) { try ExpressionParser.parse(long, captures: []) }
        let list = (0..<101).map { "\($0)" }.joined(separator: ", ")
        #expect(throws: ExpressionError.self) { try ExpressionParser.parse("time.hour in [\(list)]", captures: []) }
    }

    @Test("an hour is of the day and a weekday of the week, in UTC", arguments: [
        (0, 0, 4), (86_399, 23, 4), (86_400, 0, 5), (1_763_818_200, 13, 6), (1_763_942_400, 0, 1),
        (1_763_942_399, 23, 7),
    ])
    func clock(seconds: Int64, hour: Int, weekday: Int) throws {
        let facts = AccessFacts(roles: AccessRoles(), now: Timestamp(seconds: seconds))
        let text = "time.hour == \(hour) and time.weekday == \(weekday)"
        #expect(try ExpressionParser.parse(text, captures: []).holds(Self.head, facts))
    }

    @Test("any text is an expression or a problem within it; what is read holds or does not")
    func fuzz() async {
        let corpus = FuzzCorpus(
            [
                "caller.role == 'admin' or path.userId == caller.id", "request.method in ['GET', 'HEAD']",
                "not (time.hour < 6 or time.weekday >= 6) and true",
                "caller.scopes contains 'a' and 'b' not in caller.scopes",
                "request.query.page <= 10 and request.header.x-y startsWith \"a\"", "((true)) or not false",
            ].map { Array($0.utf8) },
            pieces: [
                "and", "or", "not ", "in ", "(", ")", "[", "]", "'", "\"", "==", "!=", "<", ",", "-1.5", "path.", "é",
            ],
            bytesMax: 1_200)
        await Fuzzing.run(inputs: 3_000) { seed in
            let text = String(decoding: FuzzInput(seed: seed, corpus: corpus).bytes(), as: UTF8.self)
            do throws(ExpressionError) {
                let expression = try ExpressionParser.parse(text, captures: Self.captures)
                let step = expression.condition.step(Self.head, Self.facts(Self.caller))
                guard step.holds == expression.holds(Self.head, Self.facts(Self.caller)) else {
                    return "the explanation of \(text) decides otherwise"
                }
                return nil
            } catch {
                let isInside = (0...text.unicodeScalars.count).contains(error.offset)
                return isInside && !error.message.isEmpty ? nil : "the problem of \(text) stands nowhere"
            }
        }
    }
}
