internal import FlotillaConfiguration
@testable internal import FlotillaTranscoding
internal import Testing

@Suite("The plan of transcoding") struct TranscodingPlanTests {
    private func read(_ text: String, bound: Bool = true) -> (plan: TranscodingPlan?, problems: String) {
        let (plan, problems) = YAMLReader.read(ConfigurationFile(path: "g.yaml", text: text)) { fields in
            TranscodingPlan.read(from: &fields) { path in
                switch path {
                case "everything.pb": try? SchemaFixture.descriptors()
                case "wrong.proto": Array("syntax = \"proto3\";\nmessage M { X y = 1; }\n".utf8)
                default:
                    path.hasPrefix("Shop/")
                        ? SchemaFixture.shopFile(String(path.dropFirst(5))) : SchemaFixture.text(path)
                }
            }
        }
        return (plan ?? nil, problems.map(\.description).joined(separator: "\n"))
    }

    @Test("files, folders and descriptors")
    func files() throws {
        let shop = read("protos: [Catalog/catalog_service.proto]\nfolders: [Else, Shop]\nprefix: /grpc\n")
        #expect(try shop.plan?.transcoder().methodNames == ["shop.catalog.v1.CatalogService/GetProducts"])
        #expect(shop.problems == "")
        #expect(try read("descriptors: everything.pb").plan?.transcoder().methodNames.count == 7)
        #expect(try read("protos: [everything.proto]").plan?.transcoder().methodNames.count == 7)
    }

    @Test(
        "what is wrong is told with its place, and that in the file",
        arguments: [
            ("defaults: true", "has no files"), ("protos: [a.proto]", "the file a.proto cannot be found (g.yaml:1:"),
            ("protos: [wrong.proto]", "wrong.proto:2:13: there is no type X here (g.yaml:1:"),
            ("descriptors: none.pb", "none.pb: the file cannot be read"),
            ("descriptors: everything.proto", "no descriptors"),
            ("descriptors: everything.pb\nprotos: [everything.proto]", "or both kinds"),
            ("descriptors: everything.pb\nservices: [a.B]", "there is no service a.B"),
            ("descriptors: everything.pb\nprefix: grpc", "is no prefix of paths (g.yaml:2:"),
        ])
    func wrong(text: String, message: String) {
        let found = read(text)
        #expect(found.plan == nil && found.problems.contains(message), "\(found.problems)")
    }
}
