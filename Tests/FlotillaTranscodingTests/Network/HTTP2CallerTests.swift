internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import HTTPTypes
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import Synchronization
internal import SwiftProtobuf
internal import Testing

/// Over real sockets, against a server that does as it is told.
@Suite("gRPC over HTTP/2") struct HTTP2CallerTests {
    private static let time = SystemTime()

    private static func caller(_ ports: Int..., limits: HTTP2Limits = HTTP2Limits()) -> HTTP2Caller {
        HTTP2Caller("library", instances: ports.map { ("127.0.0.1", $0) }, limits: limits, time: time)
    }

    private static func context(_ timeout: Duration = .seconds(20)) -> CallContext {
        .root(World(time: time, random: SeededRandom(seed: 1)), timeout: timeout)
    }

    private static func call(_ message: [UInt8] = [1, 2], isStream: Bool = false) -> GRPCCall {
        GRPCCall(path: "/a.B/C", metadata: [("tenant", "blue")], message: message, isServerStream: isStream)
    }

    /// The messages that a call is answered with.
    private static func answers(
        of caller: HTTP2Caller, _ call: GRPCCall = call(), _ context: CallContext = context()
    ) async throws -> [[UInt8]] {
        let found = Mutex<[[UInt8]]>([])
        try await caller.call(call, context) { message in found.withLock { $0.append(message) } }
        return found.withLock { $0 }
    }

    private static func expect(
        _ caller: HTTP2Caller, _ call: GRPCCall, _ answers: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await Self.answers(of: caller, call)
        #expect(found == answers, sourceLocation: sourceLocation)
    }

    @Test("a call has the head that gRPC asks for, and its answer comes back")
    func unary() async throws {
        let heads = Mutex<[HPACKHeaders]>([])
        try await TestGRPCServer.serve { head, message, outbound in
            heads.withLock { $0.append(head) }
            // As much as there is room for at once: the server does not wait for more.
            try await outbound.answer([message.reversed().suffix(60_000)])
        } _: { port in
            let caller = Self.caller(port)
            try await Self.expect(caller, Self.call(), [[2, 1]])
            try await Self.expect(caller, Self.call([]), [[]])
            let long = [UInt8](repeating: 7, count: 300_000)
            try await Self.expect(caller, Self.call(long), [[UInt8](repeating: 7, count: 60_000)])
            await caller.close()
        }
        let head = try #require(heads.withLock { $0.first })
        #expect(head.first(name: ":method") == "POST" && head.first(name: ":path") == "/a.B/C")
        #expect(head.first(name: "te") == "trailers" && head.first(name: "content-type") == "application/grpc")
        #expect(head.first(name: "tenant") == "blue")
        let timeout = try #require(head.first(name: "grpc-timeout"))
        #expect(timeout.hasSuffix("u") && (Int(timeout.dropLast()) ?? 0) > 1_000_000)
    }

    @Test("many calls at once share a connection, each gets its own answer")
    func parallel() async throws {
        try await TestGRPCServer.serve { _, message, outbound in
            try await outbound.answer([message])
        } _: { port in
            let caller = Self.caller(port)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 as Range<UInt16> {
                    let message = [UInt8(number >> 8), UInt8(number & 255)]
                    group.addTask { try await Self.answers(of: caller, Self.call(message)) == [message] }
                }
                for try await isRight in group { #expect(isRight) }
            }
            await caller.close()
        }
    }

    @Test("the status of the server is thrown, with its text")
    func status() async throws {
        try await TestGRPCServer.serve { head, message, outbound in
            switch message {
            // Without an answer there is only one head, which is the end.
            case [1]:
                let head: HPACKHeaders = [
                    ":status": "200", "content-type": "application/grpc", "grpc-status": "5",
                    "grpc-message": "no%20book",
                ]
                try await outbound.write(.headers(.init(headers: head, endStream: true)))
            case [2]: try await outbound.answer([[9]], status: 13, message: "half of it")
            case [3]: try await outbound.write(.headers(.init(headers: [":status": "503"], endStream: true)))
            case [4]: try await outbound.answer([], contentType: "text/html")
            default: try await outbound.answer([])
            }
        } _: { port in
            let caller = Self.caller(port)
            for (message, code, text) in [
                ([1], .notFound, "no book"), ([2], .internal, "half of it"),
                ([3], .unavailable, "The answer was HTTP 503 without a gRPC status."),
                ([4], .unavailable, "The answer was HTTP 502 without a gRPC status."),
            ] as [([UInt8], GRPCStatus.Code, String)] {
                let error = await #expect(throws: GRPCStatus.self) {
                    try await Self.answers(of: caller, Self.call(message))
                }
                #expect(error == GRPCStatus(code, text))
            }
            await caller.close()
        }
    }

    @Test("messages of a stream come one after the other, while it lasts")
    func stream() async throws {
        try await TestGRPCServer.serve { _, _, outbound in
            try await outbound.answer((0..<100).map { [UInt8($0)] })
        } _: { port in
            let caller = Self.caller(port)
            try await Self.expect(caller, Self.call(isStream: true), (0..<100).map { [UInt8($0)] })
            await caller.close()
        }
    }

    @Test("an answer that is too long, cut off or no gRPC ends in an error")
    func broken() async throws {
        try await TestGRPCServer.serve { _, message, outbound in
            try await outbound.write(.headers(.init(headers: [":status": "200", "content-type": "application/grpc"])))
            switch message {
            case [1]: try await outbound.send([0, 0x7F, 0xFF, 0xFF, 0xFF])
            case [2]:
                try await outbound.send([0, 0, 0, 0, 9, 1])
                try await outbound.end(0)
            case [3]: try await outbound.send([1, 0, 0, 0, 0])
            default: return
            }
        } _: { port in
            let caller = Self.caller(port)
            for (message, code) in [([1], .resourceExhausted), ([2], .internal), ([3], .internal)]
                as [([UInt8], GRPCStatus.Code)]
            {
                let error = await #expect(throws: GRPCStatus.self) {
                    try await Self.answers(of: caller, Self.call(message))
                }
                #expect(error?.code == code)
            }
            await #expect(throws: (any Error).self) { try await Self.answers(of: caller, Self.call([4])) }
            await caller.close()
        }
    }

    @Test("a server that says nothing is given up when the time is over")
    func deadline() async throws {
        try await TestGRPCServer.serve { _, _, outbound in
            try await SystemTime().sleep(for: .seconds(60))
        } _: { port in
            let caller = Self.caller(port)
            let error = await #expect(throws: ServiceError.self) {
                try await Self.answers(of: caller, Self.call(), Self.context(.milliseconds(50)))
            }
            #expect(error?.kind == .timeout)
            await caller.close()
        }
    }

    @Test("an instance that cannot be reached is passed over; without any it is unavailable")
    func instances() async throws {
        let closed = Mutex(0)
        try await TestGRPCServer.serve { _, message, outbound in
            try await outbound.answer([message])
        } _: { port in
            closed.withLock { $0 = port }
            // Nobody listens on port 1 of this machine.
            let caller = Self.caller(1, port)
            for _ in 0..<4 { try await Self.expect(caller, Self.call(), [[1, 2]]) }
            await caller.close()
            let error = await #expect(throws: ServiceError.self) { try await Self.answers(of: caller) }
            #expect(error?.slug == "broken-off")
        }
        let caller = Self.caller(1)
        let error = await #expect(throws: ServiceError.self) { try await Self.answers(of: caller) }
        #expect(error?.kind == .unavailable && error?.detail.contains("library") == true)
    }

    @Test("a connection that the server has closed is made again")
    func reconnect() async throws {
        let ports = Mutex(0)
        try await TestGRPCServer.serve { _, message, outbound in
            try await outbound.answer([message])
        } _: { port in
            ports.withLock { $0 = port }
            let first = Self.caller(port)
            try await Self.expect(first, Self.call(), [[1, 2]])
            await first.close()
            let second = Self.caller(port)
            try await Self.expect(second, Self.call(), [[1, 2]])
            await second.close()
        }
    }

    @Test("a request becomes a call over the network, its answer JSON")
    func transcoded() async throws {
        try await TestGRPCServer.serve { head, message, outbound in
            let request = try TestGetBookRequest(serializedBytes: message)
            guard request.name != "none" else {
                return try await outbound.answer([], status: 5, message: "There is no such book.")
            }
            var book = TestBook()
            book.title = "\(request.name) \(head.first(name: ":path") ?? "")"
            try await outbound.answer([try book.serializedBytes()])
        } _: { port in
            let transcoder = try Transcoder.library()
            let caller = Self.caller(port)
            let found = try await transcoder.respond(
                to: Request(.get, "/v1/shelves/1/books/2"), Self.context(), through: caller)
            #expect(
                try await found.text() == #"{"title":"shelves/1/books/2 /flotilla.test.v1.Library/GetBook"}"#)
            let error = await #expect(throws: ServiceError.self) {
                try await transcoder.respond(to: Request(.get, "/v1/books/none"), Self.context(), through: caller)
            }
            #expect(error?.kind == .notFound && error?.detail == "There is no such book.")
            await caller.close()
        }
    }
}
