internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import HTTPTypes
internal import SwiftProtobuf
internal import Synchronization

/// Answers calls as a test says, and keeps them.
final class ScriptedCaller: GRPCCaller {
    private let calls = Mutex<[GRPCCall]>([])
    private let answer: @Sendable (GRPCCall) throws -> [[UInt8]]

    init(_ answer: @escaping @Sendable (GRPCCall) throws -> [[UInt8]]) { self.answer = answer }

    /// Answers with one message.
    convenience init(_ message: some Message) {
        self.init { _ in [try message.serializedBytes()] }
    }

    var last: GRPCCall? { calls.withLock { $0.last } }
    /// Of the last call; empty when there was none.
    var lastMessage: [UInt8] { last?.message ?? [] }

    func call(
        _ call: GRPCCall, _ context: CallContext, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        calls.withLock { $0.append(call) }
        for message in try answer(call) { try await receive(message) }
    }
}

extension Transcoder {
    /// Over the services of the test's file.
    static func library(prefix: String = "", style: JSONStyle = JSONStyle()) throws -> Transcoder {
        try Transcoder(SchemaFixture.everything(), prefix: prefix, style: style)
    }

    func respond(
        _ method: HTTPRequest.Method, _ target: String, _ body: String = "", headers: HTTPFields = [:],
        through caller: some GRPCCaller
    ) async throws -> Response {
        let request = Request(method, target: target, headers: headers, body: Array(body.utf8))
        return try await respond(to: request, .root(World.manual(), timeout: .seconds(5)), through: caller)
    }
}

extension Response {
    func text() async throws -> String { String(decoding: try await collect(), as: UTF8.self) }
}
