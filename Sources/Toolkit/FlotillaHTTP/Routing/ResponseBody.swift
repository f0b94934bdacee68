/// The body of an answer: how it is written, and what it looks like.
///
/// The example is shown in the OpenAPI document, and its schema is derived from it, so it should
/// have a value in every field and an element in every list.
public protocol ResponseBody: JSONWritable, Sendable {
    static var example: Self { get }
}

/// For routes that answer without a body (204).
public struct NoContent: ResponseBody {
    public init() {}
    /// There is just one.
    public static var example: NoContent { NoContent() }
    /// Never sent.
    public func write(to json: inout JSONWriter) { json.null() }
}

/// One page of a list: `{items, nextCursor}`.
public struct Page<Item: ResponseBody>: ResponseBody {
    /// In the order of the list.
    public var items: [Item]
    /// What to send as `cursor` for the next page; nil at the end of the list.
    public var nextCursor: String?

    public init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    /// One item, and more to come.
    public static var example: Page { Page(items: [Item.example], nextCursor: "b2Zmc2V0OjIw") }

    /// `nextCursor` is `null` at the end.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("items", items)
            json.field("nextCursor", nextCursor)
        }
    }
}

extension JSONWritable {
    /// This value as JSON.
    public func jsonBytes() -> [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}
