internal import Testing

/// The tools the rules stand on.
@Suite("Tidy: reading Swift") struct ReadingTests {
    private func code(_ text: String) -> String { String(decoding: SourceText("a.swift", text).code, as: UTF8.self) }

    @Test("comments and the text of strings are blanked, code is kept", arguments: [
        ("let a = 1 // Date()", "let a = 1          "),
        ("/* Date() */ b", "             b"),
        ("/* a /* b */ c */ d", "                  d"),
        (#"f("Date()") + g"#, #"f("      ") + g"#),
        (#"f("\(Date()) x") + g"#, #"f(" (Date())  ") + g"#),
        (##"f(#"a "quoted" \(no)"#) + g"##, ##"f( "                " ) + g"##),
        (##"f(#"\#(Date())"#)"##, ##"f( "  (Date())" )"##),
        (#"f("\"", x)"#, #"f("  ", x)"#),
        (#"f("\\", x)"#, #"f("  ", x)"#),
        (#"f("\(a("b)"))", x)"#, #"f(" (a("  "))", x)"#),
        ("\"\"\"\n a \"b\" Date()\n\"\"\" c", "\"\"\"\n             \n\"\"\" c"),
        ("a / b // c", "a / b     "),
    ])
    func masking(text: String, expected: String) { #expect(code(text) == expected) }

    @Test("comments are what the code is not")
    func comments() {
        let file = SourceText("a.swift", "let a = \"//no\" // yes\nlet b = 2\n// above\nlet c = 3")
        #expect(file.hasComment(line: 1))
        #expect(!file.hasComment(line: 2))
        #expect(file.isExplained(line: 4))
        #expect(!file.isExplained(line: 2), "a comment behind other code explains that code")
    }

    @Test("lines are counted as an editor counts them")
    func lines() {
        let file = SourceText("a.swift", "one\ntwo\n\nfour\n")
        #expect(file.lineCount == 4)
        #expect([0, 3, 4, 8, 9].map { file.line(at: $0) } == [1, 1, 2, 3, 4])
        #expect(SourceText("a.swift", "").lineCount == 0)
        #expect(SourceText("a.swift", "one").lineCount == 1)
    }

    @Test("imports are found with their access, whatever stands around them")
    func imports() {
        let file = SourceText("a.swift", """
            // import Hidden
            public import A
            @testable internal import B
            import C
            internal import struct D.E
            let text = "import F"
            let important = 1
            """)
        #expect(file.imports.map(\.module) == ["A", "B", "C", "D"])
        #expect(file.imports.map(\.access) == ["public", "internal", nil, "internal"])
        #expect(file.imports.map(\.line) == [2, 3, 4, 5])
    }

    @Test("functions are found with their extent")
    func functions() {
        let file = SourceText("a.swift", """
            protocol P {
                func required() -> Int
                init(a: Int)
            }
            struct S {
                init(
                    a: Int, b: () -> Void = {}
                ) {
                    self.init(c: .init(1))
                }
                func f<T>(_ t: T) async throws
                    -> [String: () -> Void]
                where T: P {
                    func inner() {}
                }
                deinit { }
            }
            """)
        #expect(file.functions.map(\.name) == ["init", "func f", "func inner", "deinit"])
        #expect(file.functions.map(\.firstLine) == [6, 11, 14, 16])
        #expect(file.functions.map(\.lines) == [5, 5, 1, 1])
    }

    @Test("the manifest's targets are read with their dependencies, constants included")
    func manifest() {
        let targets = PackageTargets(SourceText("Package.swift", #"""
            func toolkit(_ name: String, _ names: String = "") -> Target { .target(name: name) }
            let service = """
                A B \
                C
                """
            let all = [
                toolkit("One"), toolkit("Two", "One X"),
                toolkit(
                    "Three",
                    """
                    One Two
                    """),
                shop("S", service + " D"), shop("T", service),
            ]
            """#))
        #expect(targets.toolkit.map(\.name) == ["One", "Two", "Three"])
        #expect(targets.toolkit.map(\.dependencies) == [[], ["One", "X"], ["One", "Two"]])
        #expect(targets.shop.map(\.dependencies) == [["A", "B", "C", "D"], ["A", "B", "C"]])
    }

    @Test("targets are told from paths", arguments: [
        ("Sources/Toolkit/FlotillaCore/Time/Deadline.swift", "FlotillaCore"),
        ("Sources/Toolkit/Adapters/FlotillaRedis/Redis.swift", "FlotillaRedis"),
        ("Sources/Shop/ShopOrders/Domain/Order.swift", "ShopOrders"), ("Tests/TidyTests/A.swift", "TidyTests"),
        ("Package.swift", ""), ("docs/STYLE.md", ""),
    ])
    func targets(path: String, target: String) { #expect(SourceText(path, "").target == target) }
}
