internal import FlotillaCore
internal import FlotillaHTTP
internal import Testing

struct LineID: TypedID {
    let text: String
    init(unchecked text: String) { self.text = text }
}

enum Colour: String, CaseIterable { case red, green }

struct Line: RequestInput, Equatable {
    let productID: LineID
    let quantity: Int
    init(from fields: inout FieldReader) {
        productID = fields.id("productId")
        quantity = fields.int("quantity", in: 1...99)
    }
}

struct Wish: RequestInput {
    let name: String
    let mail: String?
    let items: [Line]
    let gift: Line?
    let colour: Colour?
    let price: Money?
    let weight: Double?
    let isUrgent: Bool
    let due: Timestamp?
    let tags: [String]
    let attributes: [(name: String, value: String)]
    init(from fields: inout FieldReader) {
        name = fields.string("name", length: 1...10)
        mail = fields.optionalString("mail", length: 6...254, .email)
        items = fields.objects("items", count: 1...3)
        gift = fields.optionalObject("gift")
        colour = fields.optionalValue("colour")
        price = fields.optionalMoney("price", amount: 0...1_000, currencies: ["USD", "EUR"])
        weight = fields.optionalDouble("weight", in: 0...10)
        isUrgent = fields.optionalBool("urgent") ?? false
        due = fields.optionalTimestamp("due")
        tags = fields.optionalStrings("tags", count: 0...2, length: 1...5) ?? []
        attributes = fields.optionalTexts("attributes", count: 0...3, length: 1...20) ?? []
        if let gift, !items.contains(where: { $0.productID == gift.productID }) {
            fields.fail("gift", "must be one of the items")
        }
    }
}

@Suite("Field reader") struct FieldReaderTests {
    private func read(_ text: String) throws -> Wish { try Wish.read(try JSONValue(parsing: Array(text.utf8))) }

    private func errors(_ text: String) throws -> [String] {
        let error = try #require(throws: ServiceError.self) { try read(text) }
        #expect(error.kind == .invalid)
        #expect(error.slug == "invalid-input")
        return error.fields.map { "\($0.field): \($0.message)" }
    }

    @Test("a good input is read whole")
    func good() throws {
        let wish = try read("""
            {"name":"Adä 😀","mail":"ada@shop.example","items":[{"productId":"p1","quantity":1},
             {"productId":"p2","quantity":99}],"gift":{"productId":"p2","quantity":2},"colour":"green",
             "price":{"amount":1000,"currency":"EUR"},"weight":2,"urgent":true,"due":"2026-01-01T00:00:00Z",
             "tags":["a","b"],"attributes":{"size":"XL","cut":"slim"}}
            """)
        #expect(wish.name == "Adä 😀")
        #expect(wish.items.map(\.quantity) == [1, 99])
        #expect(wish.gift?.productID.text == "p2")
        #expect(wish.colour == .green)
        #expect(wish.price == Money(amount: 1_000, currency: "EUR"))
        #expect(wish.weight == 2)
        #expect(wish.isUrgent)
        #expect(wish.due == Timestamp(seconds: 1_767_225_600))
        #expect(wish.tags == ["a", "b"])
        #expect(wish.attributes.map(\.name) == ["size", "cut"])
    }

    @Test("what may be missing may be missing, or null")
    func optional() throws {
        let wish = try read(
            #"{"name":"A","items":[{"productId":"p","quantity":1}],"mail":null,"gift":null,"tags":null}"#)
        #expect(wish.mail == nil)
        #expect(wish.gift == nil)
        #expect(wish.tags.isEmpty)
        #expect(!wish.isUrgent)
    }

    @Test("a number without a fraction is whole, however it is written", arguments: ["7", "7.0", "70e-1", "0.7E1"])
    func wholeNumbers(text: String) throws {
        #expect(try read(#"{"name":"A","items":[{"productId":"p","quantity":\#(text)}]}"#).items[0].quantity == 7)
    }

    @Test("one refusal names every wrong field, with its place")
    func allErrors() throws {
        let errors = try errors("""
            {"mail":"ada@","items":[{"productId":"p 1","quantity":0},7,{"quantity":"1"}],"gift":{"productId":"x",
             "quantity":5,"wrap":true},"colour":"blue","price":{"amount":-1,"currency":"GBP"},"weight":"2",
             "urgent":1,"due":"tomorrow","tags":["","toolong"],"attributes":{"a":1},"isAdmin":true}
            """)
        #expect(errors == [
            "name: is required",
            "mail: must have 6 to 254 characters, not 4",
            "items[0].productId: must be an ID: 1 to 64 letters, digits, - and _",
            "items[0].quantity: must be a whole number from 1 to 99",
            "items[1]: must be an object, not integer",
            "items[2].productId: is required",
            "items[2].quantity: must be a whole number from 1 to 99",
            "gift.wrap: is not a known field",
            "colour: must be one of red, green",
            "price.amount: must be a whole number from 0 to 1000",
            "price.currency: must be one of USD, EUR",
            "weight: must be a number from 0.0 to 10.0",
            "urgent: must be true or false",
            "due: must be a time like 2026-11-21T08:30:00Z",
            "tags[0]: must have 1 to 5 characters, not 0",
            "tags[1]: must have 1 to 5 characters, not 7",
            "attributes.a: must be a string, not integer",
            "gift: must be one of the items",
            "isAdmin: is not a known field",
        ])
    }

    @Test("types are never guessed", arguments: [
        (#"{"name":1,"items":[{"productId":"p","quantity":1}]}"#, "name: must be a string, not integer"),
        (#"{"name":null,"items":[{"productId":"p","quantity":1}]}"#, "name: must be a string, not null"),
        (#"{"name":"  ","items":[{"productId":"p","quantity":1}]}"#, "name: must not be blank"),
        (#"{"name":"a\u0007","items":[{"productId":"p","quantity":1}]}"#,
            "name: must be one line without control characters"),
        (#"{"name":"A","items":{}}"#, "items: must be an array, not object"),
        (#"{"name":"A","items":[]}"#, "items: must have 1 to 3 elements, not 0"),
        (#"{"name":"A","items":[{"productId":"p","quantity":1.5}]}"#,
            "items[0].quantity: must be a whole number from 1 to 99"),
        (#"{"name":"A","items":[{"productId":"p","quantity":99999999999999999999}]}"#,
            "items[0].quantity: must be a whole number from 1 to 99"),
    ])
    func wrongType(text: String, error: String) throws { #expect(try errors(text) == [error]) }

    @Test("anything but an object is refused as a whole", arguments: ["[]", "1", "\"a\"", "null"])
    func notAnObject(text: String) throws {
        #expect(try errors(text).first?.hasPrefix(": must be an object") == true)
    }

    @Test("a list that is too long costs nothing and says so once")
    func tooLong() throws {
        let items = Array(repeating: "7", count: 10_000).joined(separator: ",")
        #expect(try errors(#"{"name":"A","items":[\#(items)]}"#) == ["items: must have 1 to 3 elements, not 10000"])
    }

    @Test("no more than 64 errors are collected")
    func bounded() throws {
        let members = (0..<1_000).map { "\"x\($0)\":1" }.joined(separator: ",")
        #expect(try errors("{\(members)}").count == 64)
    }

    @Test("e-mail addresses", arguments: [
        ("ada@shop.example", true), ("a.b+c@d-e.example", true), ("o'hara@x.org", true), ("ada@shop", false),
        ("ada@@x.org", false), ("@x.org", false), (".a@x.org", false), ("a..b@x.org", false), ("a b@x.org", false),
        ("a@-x.org", false), ("a@x..org", false), ("a@1.2.3.4", false), ("ä@x.org", false), ("a@x.org\n", false),
    ])
    func email(text: String, isValid: Bool) { #expect(TextRule.email.accepts(text) == isValid) }

    @Test("the schema says what the reading does")
    func schema() throws {
        let schema = Wish.inputSchema
        #expect(schema["additionalProperties"] == false)
        #expect(schema["required"] == ["name", "items"])
        let name = try #require(schema["properties"]?["name"])
        #expect(name["minLength"] == 1)
        #expect(name["maxLength"] == 10)
        let items = try #require(schema["properties"]?["items"])
        #expect(items["minItems"] == 1)
        #expect(items["maxItems"] == 3)
        #expect(items["items"]?["properties"]?["quantity"] == ["type": "integer", "minimum": 1, "maximum": 99])
        #expect(items["items"]?["additionalProperties"] == false)
        #expect(schema["properties"]?["colour"]?["enum"] == ["red", "green"])
        #expect(schema["properties"]?["price"]?["properties"]?["currency"]?["enum"] == ["USD", "EUR"])
        #expect(schema["properties"]?["due"]?["format"] == "date-time")
        #expect(schema["properties"]?["mail"]?["format"] == "email")
    }
}

private struct Search: RequestInput {
    let text: String?
    let limit: Int
    let isInStock: Bool?
    let rating: Double?
    let categories: [String]
    init(from fields: inout FieldReader) {
        text = fields.optionalString("q", length: 1...100)
        limit = fields.optionalInt("limit", in: 1...100) ?? 20
        isInStock = fields.optionalBool("inStock")
        rating = fields.optionalDouble("minRating", in: 0...5)
        categories = fields.optionalStrings("category", count: 1...3, length: 1...20, .identifier) ?? []
    }
}

@Suite("Parameters") struct ParametersTests {
    private func read(_ query: String) throws -> Search { try Search.read(try Parameters(parsing: query)) }

    @Test("a query is converted, lists are repeated")
    func converted() throws {
        let search = try read("q=red+shoes%20%C3%BC&limit=5&inStock=true&minRating=4.5&category=a&category=b&")
        #expect(search.text == "red shoes ü")
        #expect(search.limit == 5)
        #expect(search.isInStock == true)
        #expect(search.rating == 4.5)
        #expect(search.categories == ["a", "b"])
    }

    @Test("an empty query has the defaults")
    func empty() throws {
        let search = try read("")
        #expect(search.limit == 20)
        #expect(search.text == nil)
    }

    @Test("a wrong parameter is 422", arguments: [
        "limit=0", "limit=101", "limit=+5", "limit=five", "limit=", "limit=5&limit=6", "inStock=yes", "minRating=inf",
        "minRating=0x1", "minRating=1e1", "q=", "category=a%20b", "category=a&category=b&category=c&category=d",
        "unknown=1", "Limit=5", "limit",
    ])
    func wrong(query: String) throws {
        let error = try #require(throws: ServiceError.self) { try read(query) }
        #expect(error.kind == .invalid)
        #expect(!error.fields.isEmpty)
    }

    @Test("a query that cannot be decoded is 400", arguments: ["q=%", "q=%1", "q=%zz", "q=%FF", "%C3=1"])
    func malformed(query: String) throws {
        let error = try #require(throws: ServiceError.self) { try read(query) }
        #expect(error.kind == .malformed)
    }

    @Test("the number of parameters is bounded")
    func many() {
        #expect(throws: ServiceError.self) {
            try Parameters(parsing: Array(repeating: "a=1", count: 129).joined(separator: "&"))
        }
    }

    @Test("percent-encoding leaves only unreserved characters as they are")
    func encode() {
        #expect(PercentEncoding.encode("a-b_c.d~e f/ü%") == "a-b_c.d~e%20f%2F%C3%BC%25")
    }
}
