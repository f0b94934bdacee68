internal import Testing

/// Each rule on a piece of code that breaks it, and on one that does not.
@Suite("Tidy: imports") struct ImportRuleTests {
    private func layers(_ path: String, _ module: String) -> Int {
        LayerRule().findings(in: SourceText(path, "internal import \(module)\n")).count
    }

    @Test("an import without an access level is found, with its line")
    func access() {
        let bad = SourceText("Sources/Toolkit/FlotillaCore/A.swift", "\nimport Foundation\n@testable import X\n")
        #expect(ImportAccessRule().findings(in: bad).map(\.line) == [2, 3])
        #expect(ImportAccessRule().findings(in: bad)[0].description.contains(
            "Sources/Toolkit/FlotillaCore/A.swift:2: write `internal import Foundation`"))
        let good = SourceText(
            "Tests/XTests/A.swift", "internal import A\n@testable internal import B\npublic import C\n")
        #expect(ImportAccessRule().findings(in: good).isEmpty)
        #expect(ImportAccessRule().findings(in: SourceText("Sources/Shop/S/a.pb.swift", "import A\n")).isEmpty)
    }

    @Test("a toolkit target may import what lies before it, nothing after it, nothing of the Shop")
    func toolkitOrder() {
        #expect(layers("Sources/Toolkit/FlotillaSagas/A.swift", "FlotillaMessaging") == 0)
        #expect(layers("Sources/Toolkit/FlotillaMessaging/A.swift", "FlotillaSagas") == 1)
        #expect(layers("Sources/Toolkit/FlotillaRuntime/A.swift", "FlotillaOperations") == 1)
        #expect(layers("Sources/Toolkit/FlotillaRuntime/A.swift", "ShopOrders") == 1)
        #expect(layers("Sources/Toolkit/FlotillaSecret/A.swift", "FlotillaCore") == 1, "a target without a place")
        #expect(layers("Sources/Toolkit/Adapters/FlotillaRedis/A.swift", "FlotillaTesting") == 0, "a leaf")
        #expect(layers("Sources/Toolkit/FlotillaCore/A.swift", "FlotillaRedis") == 1)
    }

    @Test("services do not know each other; only the system knows all")
    func services() {
        #expect(layers("Sources/Shop/ShopOrders/API/A.swift", "ShopPayments") == 1)
        #expect(layers("Sources/Shop/ShopOrders/API/A.swift", "ShopContracts") == 0)
        #expect(layers("Sources/Shop/ShopOrders/API/A.swift", "ShopContractsRPC") == 0)
        #expect(layers("Sources/Shop/ShopEdge/A.swift", "ShopUsers") == 1)
        #expect(layers("Sources/Shop/ShopSystem/A.swift", "ShopUsers") == 0)
        #expect(layers("Sources/Shop/ShopSystem/A.swift", "ShopSimulation") == 0)
        #expect(layers("Sources/Shop/ShopSimulation/A.swift", "ShopEdge") == 0)
        #expect(layers("Sources/Shop/ShopSimulation/A.swift", "ShopOrders") == 1)
        #expect(layers("Sources/Shop/ShopOrders/A.swift", "ShopSimulation") == 1)
        #expect(layers("Sources/Shop/shop/main.swift", "ShopUsers") == 1)
        #expect(layers("Sources/Shop/shop/main.swift", "ShopSystem") == 0)
        #expect(layers("Sources/Shop/ShopContracts/A.swift", "ShopContractsRPC") == 1)
        #expect(layers("Sources/Shop/ShopOrders/A.swift", "FlotillaTesting") == 1)
    }

    @Test("a domain imports no framework", arguments: [
        ("Domain/Order.swift", "Foundation", 1), ("Domain/Order.swift", "FlotillaStorage", 1),
        ("Domain/Order.swift", "FlotillaCore", 0), ("Domain/Order.swift", "ShopContracts", 0),
        ("Application/PlaceOrder.swift", "FlotillaStorage", 0),
    ])
    func domain(place: String, module: String, count: Int) {
        let file = SourceText("Sources/Shop/ShopOrders/" + place, "internal import \(module)\n")
        #expect(DomainRule().findings(in: file).count == count)
    }

    @Test("network libraries stay behind our own types", arguments: [
        ("Sources/Toolkit/FlotillaStorage/A.swift", "NIOCore", 1), ("Sources/Shop/ShopOrders/A.swift", "GRPCCore", 1),
        ("Sources/Toolkit/FlotillaRuntime/A.swift", "Hummingbird", 1),
        ("Sources/Toolkit/FlotillaRuntime/A.swift", "AsyncHTTPClient", 1),
        ("Sources/Toolkit/FlotillaHTTP/A.swift", "NIOCore", 0), ("Sources/Toolkit/FlotillaRPC/A.swift", "GRPCCore", 0),
        ("Sources/Toolkit/FlotillaHTTP/A.swift", "HTTPTypes", 0), ("Tests/FlotillaHTTPTests/A.swift", "NIOCore", 0),
    ])
    func network(path: String, module: String, count: Int) {
        #expect(NetworkImportRule().findings(in: SourceText(path, "internal import \(module)\n")).count == count)
    }

    @Test("the manifest keeps the order, allows no arrow upwards, and lists what is imported")
    func manifest() {
        func messages(_ text: String, _ files: [SourceText] = []) -> [String] {
            ManifestRule().findings(in: SourceText("Package.swift", text), files: files).map(\.message)
        }
        let good = #"let t = [toolkit("FlotillaCore"), toolkit("FlotillaStorage", "FlotillaCore CSQLite")]"#
        #expect(messages(good).isEmpty)
        let swapped = #"let t = [toolkit("FlotillaStorage", "FlotillaCore"), toolkit("FlotillaCore")]"#
        #expect(messages(swapped).first?.contains("in the order FlotillaCore, FlotillaStorage") == true)
        let upwards = #"let t = [toolkit("FlotillaCore", "FlotillaStorage"), toolkit("FlotillaStorage")]"#
        #expect(messages(upwards).first?.contains("FlotillaCore lies below FlotillaStorage") == true)
        let services = #"let t = [shop("ShopOrders", "FlotillaCore ShopPayments")]"#
        #expect(messages(services).first?.contains("services meet in ShopContracts") == true)
        let file = SourceText("Sources/Toolkit/FlotillaStorage/A.swift", "\ninternal import FlotillaResilience\n")
        #expect(
            messages(good, [file]) == [
                "add FlotillaResilience to the dependencies of FlotillaStorage in Package.swift"
            ])
    }
}
