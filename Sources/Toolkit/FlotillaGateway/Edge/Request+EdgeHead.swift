internal import FlotillaHTTP
internal import HTTPTypes

extension Request: EdgeHead {
    func methodText() -> String { method.rawValue }
    func isMethod(_ name: [UInt8]) -> Bool { method.rawValue.utf8.elementsEqual(name) }
    func pathText() -> String { path }
    func queryText() -> String { query }
    func hostText() -> String { authority }
    func addressText() -> String { remoteAddress }
    func fieldLines(_ name: String) -> [String] { HTTPField.Name(name).map { headers[values: $0] } ?? [] }
    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    func allFields() -> [(name: String, value: String)] { headers.map { ($0.name.canonicalName, $0.value) } }
}
