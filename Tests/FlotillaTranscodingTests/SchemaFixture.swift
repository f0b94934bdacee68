internal import Foundation
@testable internal import FlotillaTranscoding

/// Schemas of .proto files in this repository.
enum SchemaFixture {
    private static let here = URL(filePath: #filePath).deletingLastPathComponent()
    private static let shopProtos = here.appending(path: "../../Protos").standardized.resolvingSymlinksInPath()

    /// One field of every kind.
    static func everything() throws -> ProtoSchema {
        try ProtoSchema(files: ["everything.proto"]) { read($0, in: here.appending(path: "Protos")) }
    }

    static func text(_ name: String) -> [UInt8]? { read(name, in: here.appending(path: "Protos")) }

    /// What protoc made of the same file.
    static func descriptors() throws -> [UInt8] {
        try Array(Data(contentsOf: here.appending(path: "Protos/everything.pb")))
    }

    /// All of the Shop's files.
    static func shop() throws -> ProtoSchema {
        let all = FileManager.default.enumerator(atPath: shopProtos.path)?.compactMap { $0 as? String } ?? []
        return try ProtoSchema(files: all.filter { $0.hasSuffix(".proto") }.sorted()) { read($0, in: shopProtos) }
    }

    static func shopFile(_ name: String) -> [UInt8]? { read(name, in: shopProtos) }

    static func schema(_ text: String) throws -> ProtoSchema {
        try ProtoSchema(files: ["a.proto"]) { $0 == "a.proto" ? Array(text.utf8) : nil }
    }

    private static func read(_ name: String, in folder: URL) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: name))).map(Array.init)
    }
}

extension ProtoSchema {
    /// All there is, as text.
    var dump: [String] {
        var lines: [String] = []
        for type in messages where !type.fullName.hasPrefix("google.") {
            lines.append("message \(type.fullName) \(type.isMapEntry)")
            for field in type.fields {
                let kind: String
                switch field.kind {
                case .message(let index): kind = messages[index].fullName
                case .enumeration(let index): kind = enums[index].fullName + "\(enums[index].valueNames)"
                default: kind = "\(field.kind)"
                }
                let oneof = field.oneof.map { type.oneofs[$0] } ?? "-"
                lines.append(
                    "\(type.fullName).\(field.name) \(field.jsonName) \(field.number) \(kind) \(field.label) "
                        + "\(field.kind.isPackable && field.isPacked) \(oneof)")
            }
        }
        for service in services {
            for method in service.methods {
                lines.append(
                    "\(method.path) \(messages[method.input].fullName) \(messages[method.output].fullName) "
                        + "\(method.isClientStream) \(method.isServerStream) \(method.rules)")
            }
        }
        return lines.sorted()
    }
}
