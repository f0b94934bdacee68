internal import Testing

@Suite("Tidy: calls, shapes and words") struct CodeRuleTests {
    private static let source = "Sources/Toolkit/FlotillaStorage/A.swift"

    private func banned(_ code: String, path: String = Self.source) -> [Int] {
        BannedCallRule().findings(in: SourceText(path, code)).map(\.line)
    }

    @Test("banned calls are found", arguments: [
        "let now = Date()", "let now = Date.now", "let t = ContinuousClock.now", "let t = ContinuousClock().now",
        "clock_gettime(CLOCK_REALTIME, &value)", "let id = UUID()", "let id = UUID().uuidString",
        "try await Task.sleep(for: .seconds(1))", "var generator = SystemRandomNumberGenerator()",
        "let n = Int.random(in: 1...6)", "list.shuffled()", "list.randomElement()", "Task { await work() }",
        "Task(priority: .low) { }", "Task.detached { }", "let x = try! f()", "let y = x as! Int", "fatalError(\"no\")",
        "print(x)", "let text = \"\\(Date())\"", "usleep(100)",
    ])
    func bannedCalls(code: String) { #expect(banned("\n" + code + "\n") == [2]) }

    @Test("what only looks like a banned call is not found", arguments: [
        "// Date()", "let text = \"Date()\"", "let d = BirthDate()", "let task: Task<Void, Never>? = nil",
        "withTaskGroup(of: Void.self) { }", "backgroundTask { }", "let n = Int.random(in: 1...6, using: &generator)",
        "blueprint(x)", "fingerprint(y)", "let x = try? f()", "world.time.sleep(for: .seconds(1))", "x as? Int",
        "await group.cancelAllTask()", "date()", "let now = world.now",
    ])
    func allowedCalls(code: String) { #expect(banned(code) == []) }

    @Test("FlotillaCore may ask the machine; tests may not sleep; generated code is left alone")
    func where_() {
        #expect(banned("Task.sleep(for: x)", path: "Sources/Toolkit/FlotillaCore/A.swift") == [])
        #expect(banned("Task.sleep(for: x)", path: "Tests/XTests/A.swift") == [1])
        #expect(banned("let d = Date()", path: "Tests/XTests/A.swift") == [])
        #expect(banned("let d = Date()", path: "Sources/Shop/ShopContracts/a.pb.swift") == [])
    }

    @Test("one file may start the root task of a simulated world, and no other task")
    func root() {
        let scheduler = "Sources/Toolkit/FlotillaSimulation/Scheduler/SimulationScheduler.swift"
        let task = "let root = Task(executorPreference: self) {"
        #expect(banned(task, path: scheduler) == [])
        #expect(banned(task, path: "Sources/Toolkit/FlotillaSimulation/Lab/Lab.swift") == [1])
        #expect(banned("Task { }", path: scheduler) == [1])
        #expect(banned("Task.detached { }", path: scheduler) == [1])
    }

    @Test("what can hide an error or a race needs a comment", arguments: [
        ("let a = try? f()", 1), ("let a = try? f() // absent means none", 0),
        ("// Absent means none.\nlet a = try? f()", 0),
        ("final class A: @unchecked Sendable {}", 1),
        ("/// Only ever used on its thread.\nfinal class A: @unchecked Sendable {}", 0),
        ("do { try f() } catch {}", 1), ("nonisolated(unsafe) var a = 1", 1), ("let a = 1 // x\nlet b = try? f()", 1),
    ])
    func explanations(code: String, count: Int) {
        #expect(ExplanationRule().findings(in: SourceText(Self.source, code)).count == count)
    }

    @Test("long files, functions and lines are found at one too many, not before")
    func sizes() {
        func findings(_ text: String, path: String = Self.source) -> [Finding] {
            SizeRule().findings(in: SourceText(path, text))
        }
        #expect(findings(String(repeating: "a\n", count: 500)).isEmpty)
        #expect(findings(String(repeating: "a\n", count: 501)).map(\.line) == [1])
        #expect(findings(String(repeating: "a\n", count: 800), path: "Tests/XTests/A.swift").isEmpty)
        #expect(findings(String(repeating: "a\n", count: 801), path: "Tests/XTests/A.swift").count == 1)
        #expect(findings("\n" + String(repeating: "é", count: 120)).isEmpty)
        #expect(findings("\n" + String(repeating: "é", count: 121)).map(\.line) == [2])
        let body = String(repeating: "    x()\n", count: 58)
        #expect(findings("\nfunc f() {\n\(body)}\n").isEmpty)
        let long = findings("\nfunc f() {\n    x()\n\(body)}\n")
        #expect(long.map(\.line) == [2])
        #expect(long.first?.message.contains("61 lines") == true)
    }

    @Test("file names that say nothing are found", arguments: [
        ("StringUtils.swift", 1), ("Helpers.swift", 1), ("Common.swift", 1), ("SessionManager.swift", 1),
        ("Order+Helpers.swift", 0), ("Order.swift", 0), ("UtilityBill.swift", 0),
    ])
    func names(name: String, count: Int) {
        #expect(FileNameRule().findings(in: SourceText("Sources/Toolkit/FlotillaCore/" + name, "")).count == count)
    }

    @Test("unfinished work is found in any text", arguments: ["a.swift", "docs/a.md", "Scripts/a.sh"])
    func unfinished(path: String) {
        #expect(UnfinishedRule().findings(in: SourceText(path, "a\n// TO" + "DO: later\n")).map(\.line) == [2])
        #expect(UnfinishedRule().findings(in: SourceText(path, "// FIX" + "ME\n")).count == 1)
        #expect(UnfinishedRule().findings(in: SourceText(path, "autoTO" + "DOs\n")).isEmpty)
    }

    @Test("public declarations of the toolkit without documentation are found", arguments: [
        ("public struct A {}", "A"), ("public static func f(a: Int) {}", "f"), ("public private(set) var a: Int", "a"),
        ("@discardableResult\npublic func f() {}", "f"), ("public final class A {}", "A"),
        ("// No.\npublic let a = 1", "a"), ("struct A: B {\n    public func f() {}\n}", "f"),
        ("struct A {\n    public let waitMax: Int\n}", "waitMax"), ("struct A {\n    public static let a: B\n}", "a"),
        ("struct A {\n    public func demanded() {}\n}", "demanded"),
        ("/// One.\npublic let a = 1\n\npublic let b = 2", "b"),
        ("struct A: Sendable, Hashable {\n    public func demanded() {}\n}", "demanded"),
        ("struct A {\n    public var n: Int?\n}", "n"),
        ("    public var a: Int { 1 }", "a"), ("public subscript(i: Int) -> Int { 1 }", "subscript"),
        ("public class var shared: Int { 1 }", "shared"), ("open class A {}", "A"), ("public typealias A = Int", "A"),
    ])
    func undocumented(code: String, name: String) {
        let found = DocumentationRule(demanded: ["demanded"]).findings(in: SourceText(Self.source, code))
        #expect(found.count == 1)
        #expect(found.first?.message.contains("`\(name)`") == true)
    }

    @Test("documented ones, and those that explain themselves, are not", arguments: [
        "/// Yes.\npublic struct A {}", "/// Yes.\n@discardableResult\npublic func f() {}", "public import Foundation",
        "public init(a: Int) {}", "public static func < (left: A, right: A) -> Bool { true }",
        "public var description: String { \"\" }", "/** Yes. */\npublic let a = 1", "let a = \"public struct A\"",
        "extension A { }\n// public struct A", "public extension A {}", "struct A {}",
        "struct A {\n    public let wait: Duration\n}", "extension A: B {\n    public func f() {}\n}",
        "struct A: B {\n    public func demanded() {}\n}", "extension P {\n    public func demanded() {}\n}",
        "struct A {\n    public let steps: [Step]\n}",
        "/// Both.\npublic static let a = 1\npublic static let b = 2",
        "final class A: LogHandler {\n    public func log(a: Int) {}\n}",
        "struct A {\n    public var name: String? { nil }\n}",
    ])
    func documented(code: String) {
        #expect(DocumentationRule(demanded: ["demanded"]).findings(in: SourceText(Self.source, code)).isEmpty)
    }

    @Test("what a protocol of the toolkit demands is explained there, and the Shop is not the toolkit")
    func demanded() {
        let port = SourceText(Self.source, "/// A port.\npublic protocol P {\n    func send(a: A)\n}")
        let adapter = SourceText(
            "Sources/Toolkit/FlotillaHTTP/B.swift", "final class B: P {\n    public func send(a: A) {}\n}")
        #expect(DocumentationRule().findings(in: adapter).count == 1)
        #expect(DocumentationRule(for: [port, adapter]).findings(in: adapter).isEmpty)
        #expect(DocumentationRule().findings(in: SourceText("Sources/Shop/S/A.swift", "public struct A {}")).isEmpty)
    }

    @Test("places on one machine, and words about how the text was written, are found in any text")
    func ownText() {
        func lines(_ text: String) -> [Int] { OwnTextRule().findings(in: SourceText("docs/a.md", text)).map(\.line) }
        #expect(lines("see /wo" + "rk/main/docs\n") == [1])
        #expect(lines("\n(/wo" + "rk)\n") == [2])
        #expect(lines("/tmp/ba" + "sh_jobs") == [])
        #expect(lines("/tmp/ba" + "sh/1") == [1])
        #expect(lines("/wo" + "rkers and network/wo" + "rk/a and ${DIR}/wo" + "rk") == [])
        #expect(lines("made with Cla" + "ude") == [1])
        #expect(lines("an AI assis" + "tant") == [1])
    }

    @Test("what a build or a run makes is found when it is tracked")
    func tracked() {
        let found = TrackedFilesRule().findings(in: [
            ".build/debug/a.o", "Package.resolved", "Benchmarks/Package.resolved", "data/orders.sqlite",
            "Sources/Shop/shop/main.swift", ".gitignore", "docs/data/model.md",
        ])
        #expect(found.map(\.path) == [
            ".build/debug/a.o", "Package.resolved", "Benchmarks/Package.resolved", "data/orders.sqlite",
        ])
    }

    @Test("the ratchet covers what it lists, and shows what it lists in vain")
    func ratchet() {
        let ratchet = Ratchet(entries: [
            .init(rule: "size", path: "Sources/A/", about: "lines", reason: "r"),
            .init(rule: "size", path: "Sources/B.swift", about: "", reason: "r"),
        ])
        let covered = Finding(rule: "size", path: "Sources/A/x.swift", line: 1, message: "600 lines")
        let other = Finding(rule: "size", path: "Sources/A/x.swift", line: 1, message: "130 characters")
        #expect(ratchet.uncovered([covered, other]) == [other])
        #expect(ratchet.unused([covered, other]).map(\.path) == ["Sources/B.swift"])
    }
}
