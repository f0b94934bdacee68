internal import FlotillaCore
internal import FlotillaProtobuf
internal import Foundation
internal import ShopContracts
internal import SwiftProtobuf
internal import Testing

/// What was once written can be read for ever: one file per message type and version, binary and JSON.
///
/// Files that are there are never changed; a new shape is a new field or a new version. A type that got new fields has
/// further files: `….v1.1` has those of the first addition.
/// `FLOTILLA_WRITE_GOLDEN=1 swift test --filter GoldenTests` writes the files that are missing.
@Suite("Golden files of the messages")
struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/v1")
    private static let mayWrite = ProcessInfo.processInfo.environment["FLOTILLA_WRITE_GOLDEN"] == "1"

    @Test("a message of every type has the bytes it always had", arguments: Samples.all.indices)
    func binary(index: Int) throws {
        let sample = Samples.all[index]
        let file = Self.file(of: sample, "bin")
        let bytes = try sample.messageBytes()
        try writeIfMissing(Data(bytes), to: file)
        let golden = [UInt8](try Data(contentsOf: file))
        #expect(bytes == golden)
        #expect(try isRead(golden, as: sample))
    }

    @Test("a message of every type has the JSON it always had", arguments: Samples.all.indices)
    func json(index: Int) throws {
        let sample = Samples.all[index]
        let file = Self.file(of: sample, "json")
        var options = JSONEncodingOptions()
        options.useDeterministicOrdering = true
        let text: [UInt8] = try sample.jsonUTF8Bytes(options: options)
        try writeIfMissing(Data(text + [10]), to: file)
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(try isRead(golden, as: sample))
        #expect(golden == String(decoding: text, as: UTF8.self) + "\n")
    }

    @Test("what was written before a type got new fields is still read, and nothing is added to it")
    func earlierShapes() throws {
        for sample in Samples.all {
            for addition in 0..<(Samples.additions[type(of: sample).messageType] ?? 0) {
                try checkEarlierShape(of: sample, addition)
            }
        }
    }

    private func checkEarlierShape<Payload: ProtobufPayload>(of sample: Payload, _ addition: Int) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.file(of: sample, addition: addition, "bin")))
        let json = try String(contentsOf: Self.file(of: sample, addition: addition, "json"), encoding: .utf8)
        let message = try Payload(messageBytes: bytes)
        #expect(try message.messageBytes() == bytes)
        #expect(try isRead(json, as: message))
        #expect(!message.isEqualTo(message: sample), "\(Payload.messageType) has no new fields")
    }

    private static func file(of sample: any ProtobufPayload, addition: Int? = nil, _ kind: String) -> URL {
        let type = type(of: sample).messageType
        let addition = addition ?? Samples.additions[type] ?? 0
        return folder.appending(path: addition == 0 ? "\(type).\(kind)" : "\(type).\(addition).\(kind)")
    }

    @Test("bytes that are no message are refused")
    func refused() {
        #expect(throws: (any Error).self) { try OrderCreated(messageBytes: [0x0A, 0x7F, 0x01]) }
    }

    @Test("a field of a later version is kept when the message passes through")
    func unknownFields() throws {
        var bytes = try ItemsReserved { $0.orderID = "order-1" }.messageBytes()
        bytes += [0xA2, 0x06, 0x01, 0x78]  // field 100, "x"
        #expect(try ItemsReserved(messageBytes: bytes).messageBytes() == bytes)
    }

    private func writeIfMissing(_ data: Data, to file: URL) throws {
        guard Self.mayWrite, !FileManager.default.fileExists(atPath: file.path()) else { return }
        try data.write(to: file)
    }

    private func isRead<Payload: ProtobufPayload>(_ bytes: [UInt8], as sample: Payload) throws -> Bool {
        try Payload(messageBytes: bytes).isEqualTo(message: sample)
    }

    private func isRead<Payload: ProtobufPayload>(_ json: String, as sample: Payload) throws -> Bool {
        try Payload(jsonString: json).isEqualTo(message: sample)
    }
}
