internal import FlotillaConfiguration
internal import FlotillaCore
internal import Testing

@testable internal import FlotillaGateway

/// The guide is true: its files are read without problems, its conditions too, and its explanation is the one given.
@Suite("The guide to access") struct AccessGuideTests {
    private static let guide =
        #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/docs/gateway-access.md"

    /// The pieces between a fence of that kind and the next.
    private static func examples(_ kind: String) throws -> [String] {
        let text = String(decoding: try LocalFile.read(guide, bytesMax: 1 << 20), as: UTF8.self)
        let pieces = text.split(separator: "\n```", omittingEmptySubsequences: false)
        return pieces.compactMap { piece in
            let lines = piece.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return lines.count == 2 && lines[0] == kind ? String(lines[1]) : nil
        }
    }

    @Test("files are read without problems")
    func files() throws {
        let examples = try Self.examples("yaml")
        #expect(examples.count == 2)
        for example in examples {
            var text = "listen: 127.0.0.1:0\nupstreams:\n  backend: { instances: [\"127.0.0.1:9\"] }\n" + example
            if !example.contains("routes:") { text += "\nroutes:\n  - { to: backend }\n" }
            do {
                _ = try ProxyPlan.read(ConfigurationFile(path: "guide.yaml", text: text))
            } catch {
                Issue.record("\(error)\n\(text)")
            }
        }
    }

    @Test("conditions are read, and the explanation is that of the second file")
    func texts() throws {
        let examples = try Self.examples("text")
        #expect(examples.count == 2)
        let captures = [ExpressionCapture(name: "userId", place: 1, isRest: false)]
        for line in examples[0].split(separator: "\n") {
            _ = try ExpressionParser.parse(String(line), captures: captures)
        }
        let file = try #require(try Self.examples("yaml").last)
        let plan = try ProxyPlan.read(
            ConfigurationFile(
                path: "guide.yaml",
                text: "listen: 127.0.0.1:0\nupstreams:\n  backend: { instances: [\"127.0.0.1:9\"] }\n" + file))
        let access = try #require(plan.routes.first).policies.access
        let explanation = access.explain(
            PlainHead(path: "/users/u2/orders/7"), caller: .user("u1"), now: .init(seconds: 1_763_818_200))
        #expect(explanation.text == examples[1])
    }
}
