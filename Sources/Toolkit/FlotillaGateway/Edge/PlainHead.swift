/// The head of a request as plain values: kept while a task is waited for, or of a request that nobody sent, for the
/// question what would become of it.
struct PlainHead: EdgeHead, Sendable, Hashable {
    var method = "GET"
    /// Percent-encoded, begins with `/`.
    var path = "/"
    var query = ""
    var host = ""
    var address = ""
    /// By names in lower case.
    var fields: [ForwardedFields.Field] = []

    func methodText() -> String { method }
    func isMethod(_ name: [UInt8]) -> Bool { method.utf8.elementsEqual(name) }
    func pathText() -> String { path }
    func queryText() -> String { query }
    func hostText() -> String { host }
    func addressText() -> String { address }
    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    func fieldLines(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    func allFields() -> [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }
}

extension PlainHead {
    /// What is left of a head when the memory that it lies in is not waited for.
    init(copying head: borrowing some EdgeHead & ~Copyable) {
        self.init(
            method: head.methodText(), path: head.pathText(), query: head.queryText(), host: head.hostText(),
            address: head.addressText(), fields: head.allFields().map { .init(name: $0.name, value: $0.value) })
    }
}
