/// The head of a request, kept.
struct EdgeHeadCopy: EdgeHead, Sendable {
    private let method: String
    private let path: String
    private let query: String
    private let host: String
    private let address: String
    private let fields: [(name: String, value: String)]

    init(_ head: borrowing some EdgeHead & ~Copyable) {
        method = head.methodText()
        path = head.pathText()
        query = head.queryText()
        host = head.hostText()
        address = head.addressText()
        fields = head.allFields()
    }

    func methodText() -> String { method }
    func isMethod(_ name: [UInt8]) -> Bool { method.utf8.elementsEqual(name) }
    func pathText() -> String { path }
    func queryText() -> String { query }
    func hostText() -> String { host }
    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    func fieldLines(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    func allFields() -> [(name: String, value: String)] { fields }
    func addressText() -> String { address }
}
