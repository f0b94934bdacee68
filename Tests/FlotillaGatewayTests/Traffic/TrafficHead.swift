internal import FlotillaConfiguration

@testable internal import FlotillaGateway

/// A head for policies to look at.
struct TrafficHead: EdgeHead {
    var method = "GET"
    var path = "/"
    var query = ""
    var host = "gateway.example"
    var address = "192.0.2.1"
    /// Names in lower case.
    var fields: [(String, String)] = []

    func methodText() -> String { method }
    func isMethod(_ name: [UInt8]) -> Bool { method.utf8.elementsEqual(name) }
    func pathText() -> String { path }
    func queryText() -> String { query }
    func hostText() -> String { host }
    func field(_ name: String) -> String? { fieldLines(name).first }
    func fieldLines(_ name: String) -> [String] { fields.filter { $0.0 == name }.map(\.1) }
    func allFields() -> [(name: String, value: String)] { fields.map { ($0.0, $0.1) } }
    func addressText() -> String { address }
}

/// Reads a piece of a file with one policy in it.
func readTraffic<Value>(
    _ text: String, _ body: (inout YAMLFields) -> Value
) -> (value: Value?, problems: String) {
    let (value, problems) = YAMLReader.read(ConfigurationFile(path: "edge.yaml", text: text), body)
    return (value, problems.map(\.description).joined(separator: "\n"))
}

/// The lines as people compare them.
func texts(_ lines: FieldLines) -> [String] { lines.fields.map { "\($0.name): \($0.value)" } }
