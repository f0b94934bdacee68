internal import FlotillaCore
internal import FlotillaProtobuf
internal import Foundation
internal import ShopContracts
internal import SwiftProtobuf
internal import Testing

@Suite("Names of the messages")
struct MessageTypeTests {
    @Test("the type names context, message and version of the proto", arguments: Samples.all.indices)
    func name(index: Int) {
        let type = type(of: Samples.all[index])
        // shop.orders.v1.OrderCreated → shop.orders.order-created.v1
        let parts = type.protoMessageName.split(separator: ".").map(String.init)
        #expect(parts.count == 4)
        #expect(type.messageType == "\(parts[0]).\(parts[1]).\(kebab(parts[3])).\(parts[2])")
    }

    @Test("no two messages share a type")
    func unique() {
        let types = Samples.all.map { type(of: $0).messageType }
        #expect(Set(types).count == types.count)
    }

    @Test("every message of a publishing context has a sample, and so a golden file")
    func complete() throws {
        let protos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protos").standardized
        var declared: Set<String> = []
        for context in try FileManager.default.contentsOfDirectory(atPath: protos.path()) where context != "Values" {
            let file = protos.appending(path: "\(context)/\(context.lowercased()).proto")
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            where line.hasPrefix("message ") {
                declared.insert("shop.\(context.lowercased()).v1.\(line.split(separator: " ")[1])")
            }
        }
        #expect(declared == Set(Samples.all.map { type(of: $0).protoMessageName }))
        #expect(!declared.isEmpty)
    }

    @Test("a sample has no field at its default, so that golden files show all of them", arguments: Samples.all.indices)
    func filled(index: Int) throws {
        let json = try JSONSerialization.jsonObject(with: Samples.all[index].jsonUTF8Data())
        let fields = try #require(json as? [String: Any]).count
        #expect(try countDeclaredFields(of: type(of: Samples.all[index])) == fields)
    }

    @Test("money comes back as it went in")
    func money() {
        let price = Money(amount: -9_999, currency: "EUR")
        #expect(MoneyValue(price).money == price)
        #expect(PricedItem(productID: "p", name: "n", quantity: 3, unitPrice: price).lineTotal.amount == -29_997)
    }

    /// How many fields the .proto file declares for a message.
    private func countDeclaredFields(of type: any ProtobufPayload.Type) throws -> Int {
        let parts = type.protoMessageName.split(separator: ".").map(String.init)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Protos/\(parts[1].capitalized)/\(parts[1]).proto").standardized
        let text = try String(contentsOf: file, encoding: .utf8)
        let body = try #require(text.components(separatedBy: "message \(parts[3]) {").dropFirst().first)
        return body.prefix { $0 != "}" }.split(separator: "\n").count { $0.contains(" = ") && !$0.contains("//") }
    }

    private func kebab(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase, !result.isEmpty { result.append("-") }
            result.append(character.lowercased())
        }
        return result
    }
}
