internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import HTTPTypes
internal import Testing

@Suite("The end of a gRPC call") struct GRPCStatusTests {
    @Test(
        "codes become statuses as grpc-gateway has it",
        arguments: zip(
            GRPCStatus.Code.allCases.dropFirst(),
            [499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]))
    func statuses(code: GRPCStatus.Code, status: Int) {
        let problem = GRPCStatus(code, "secret text").problem(of: "a.B")
        #expect(Problem.status(of: problem).code == status)
        let isFault = [.unknown, .internal, .dataLoss].contains(code)
        #expect(problem.detail.contains("secret text") != isFault)
        #expect(problem.slug.hasPrefix("grpc-"))
    }

    @Test("the kind, slug, fields and pause of a service of ours are passed on")
    func details() {
        var info = WireWriter()
        for (number, text) in [(1, "sold-out"), (2, "inventory")] as [(Int32, String)] {
            info.tag(number, .length)
            info.piece(text.utf8)
        }
        info.tag(3, .length)
        info.piece([0x0A, 4] + Array("kind".utf8) + [0x12, 8] + Array("conflict".utf8))
        var bad = WireWriter()
        bad.tag(1, .length)
        bad.piece([0x0A, 1, 0x61, 0x12, 2, 0x6E, 0x6F])
        var status = WireWriter()
        for (name, value) in [("ErrorInfo", info.bytes), ("BadRequest", bad.bytes), ("RetryInfo", [0x0A, 2, 0x08, 7])] {
            var detail = WireWriter()
            detail.tag(1, .length)
            detail.piece("type.googleapis.com/google.rpc.\(name)".utf8)
            detail.tag(2, .length)
            detail.piece(value)
            status.tag(3, .length)
            status.piece(detail.bytes)
        }
        let problem = GRPCStatus(.failedPrecondition, "Sold out.", details: status.bytes).problem(of: "a.B")
        #expect(problem.kind == .conflict && problem.slug == "sold-out" && problem.detail == "Sold out.")
        #expect(problem.fields == [FieldError(field: "a", message: "no")] && problem.retryAfter == .seconds(7))
        // Details cut anywhere are never worse than none.
        for count in status.bytes.indices {
            let problem = GRPCStatus(.notFound, "x", details: Array(status.bytes.prefix(count))).problem(of: "a.B")
            #expect(problem.kind == .notFound || problem.kind == .conflict)
        }
    }

    @Test("trailers are read, and what stands in their place")
    func trailers() {
        func status(_ http: Int, _ fields: [String: String]) -> GRPCStatus {
            GRPCStatus(httpStatus: http) { fields[$0] }
        }
        #expect(status(200, ["grpc-status": "0"]).code == .ok)
        let missing = status(200, ["grpc-status": "5", "grpc-message": "a%20b%C3%BC%zz"])
        #expect(missing == GRPCStatus(.notFound, "a bü%zz"))
        #expect(status(200, ["grpc-status": "99"]).code == .unknown)
        #expect(status(200, ["grpc-status": "x"]).code == .unknown)
        #expect(status(200, [:]).code == .internal)
        #expect(status(503, [:]).code == .unavailable && status(404, [:]).code == .unimplemented)
        #expect(status(200, ["grpc-status": "3", "grpc-status-details-bin": "CAM"]).details == [8, 3])
    }

    @Test("messages are found in pieces of any length")
    func frames() throws {
        let messages: [[UInt8]] = [[], [1], Array(repeating: 7, count: 300)]
        let bytes = messages.flatMap(GRPCFrames.frame)
        for size in 1...bytes.count {
            var frames = GRPCFrames(messageBytesMax: 300)
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                frames.append(bytes[start..<min(bytes.count, start + size)])
                while let message = try frames.next() { found.append(message) }
            }
            #expect(found == messages && frames.isEmpty)
        }
        var frames = GRPCFrames(messageBytesMax: 299)
        frames.append(GRPCFrames.frame(messages[2]).prefix(5))
        #expect(throws: GRPCStatus.self) { try frames.next() }
        var compressed = GRPCFrames(messageBytesMax: 299)
        compressed.append([1, 0, 0, 0, 0])
        #expect(throws: GRPCStatus.self) { try compressed.next() }
    }

    @Test("a timeout has at most eight digits")
    func timeouts() {
        #expect(GRPCMetadata.timeout(.milliseconds(1_500)) == "1500000u")
        #expect(GRPCMetadata.timeout(.seconds(100)) == "100000m")
        #expect(GRPCMetadata.timeout(.seconds(200_000)) == "200000S")
        #expect(GRPCMetadata.timeout(.seconds(-1)) == "0u")
    }
}
