internal import FlotillaHTTP
internal import HTTPTypes

extension Request: EdgeHead {
    func methodText() -> String { method.rawValue }
    func pathText() -> String { path }
    func queryText() -> String { query }
    func hostText() -> String { authority }
    func addressText() -> String { remoteAddress }
    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
