internal import FlotillaConfiguration
internal import FlotillaTesting
internal import Foundation
internal import Testing

@testable internal import FlotillaGateway

/// The guide is true: each of its examples is read without problems.
@Suite("The guide to the traffic of the gateway") struct TrafficGuideTests {
    private static let guide =
        #filePath.split(separator: "/").dropLast(5).map { "/" + $0 }.joined()
        + "/docs/gateway-traffic.md"

    /// Ranges that are set aside for documentation (RFC 5737, RFC 3849), as if countries had them.
    private static let countries = """
        192.0.2.0/24,DE
        198.51.100.0,198.51.100.255,FR
        2001:db8::/32,NL
        """

    private static let head = """
        listen: 127.0.0.1:0
        upstreams:
          backend: { instances: ["127.0.0.1:9"] }
          blue: { instances: ["127.0.0.1:9"] }
          green: { instances: ["127.0.0.1:9"] }
          shadow: { instances: ["127.0.0.1:9"] }

        """

    /// The pieces between ```` ```yaml ```` and the next fence.
    private static func examples() throws -> [String] {
        let text = String(decoding: try LocalFile.read(guide, bytesMax: 1 << 20), as: UTF8.self)
        var examples: [String] = []
        var lines: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```yaml" {
                lines = []
            } else if line == "```", let found = lines {
                examples.append(found.joined(separator: "\n"))
                lines = nil
            } else {
                lines?.append(line)
            }
        }
        return examples
    }

    @Test("each example is read without problems")
    func examples() throws {
        let folder = try TemporaryFolder()
        try Self.countries.write(toFile: folder.path + "/countries.csv", atomically: true, encoding: .utf8)
        let examples = try Self.examples()
        #expect(examples.count >= 8)
        for example in examples {
            var text = Self.head + example
            if !example.contains("routes:") {
                let indented = example.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
                text = Self.head + "routes:\n  - match: { path: '/users/{id}' }\n" + indented
                if !example.hasPrefix("to:") { text += "\n    to: backend" }
            }
            do {
                _ = try ProxyPlan.read(ConfigurationFile(path: folder.path + "/guide.yaml", text: text))
            } catch {
                Issue.record("\(error)\n\(text)")
            }
        }
    }
}
