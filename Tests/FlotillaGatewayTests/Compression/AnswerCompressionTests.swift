internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaProxy
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("Bodies made smaller") struct AnswerCompressionTests {
    private let room = CompressionRoom()
    private var compression: AnswerCompression { AnswerCompression(CompressionPlan(), room) }

    private func request(_ accepted: String?, _ method: HTTPRequest.Method = .get) -> Request {
        var request = Request(method, "/a")
        request.headers[.acceptEncoding] = accepted
        return request
    }

    private func text(_ count: Int) -> [UInt8] {
        let random = SeededRandom(seed: UInt64(count))
        return (0..<count).map { _ in UInt8(97 + random.int(in: 0...5)) }
    }

    private func answer(_ body: Response.Body, _ more: HTTPFields = [:]) -> Response {
        var headers = more
        headers[.contentType] = "text/plain"
        return Response(.ok, headers: headers, body: body)
    }

    @Test("whole ones, of all lengths", arguments: ContentCoding.allCases, [512, 5_000, 128 << 10, 150_000])
    func whole(coding: ContentCoding, count: Int) async throws {
        let body = text(count)
        let sent = compression.compressed(
            answer(.bytes(body), [.eTag: "\"a\"", .acceptRanges: "bytes", .contentLength: String(count)]),
            for: request(coding.rawValue))
        #expect(sent.headers[.contentEncoding] == coding.rawValue && sent.headers[.vary] == "Accept-Encoding")
        #expect(sent.headers[.eTag] == "W/\"a\"" && sent.headers[.acceptRanges] == nil)
        #expect(sent.headers[.contentLength] == nil)
        #expect((sent.bytes != nil) == (count <= AnswerCompression.wholeMax), "long ones are made while they are sent")
        let bytes = try await sent.collect()
        #expect(bytes.count < count)
        let decoded = Decoded(bytes, coding)
        #expect(decoded?.bytes == body && decoded?.isWhole == true)
    }

    @Test("what would not become smaller stays as it is, with a word for caches")
    func noGain() {
        let random = SeededRandom(seed: 3)
        let noise = (0..<1_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let sent = compression.compressed(answer(.bytes(noise), [.eTag: "\"a\""]), for: request("gzip"))
        #expect(sent.bytes == noise && sent.headers[.contentEncoding] == nil && sent.headers[.eTag] == "\"a\"")
        #expect(sent.headers[.vary] == "Accept-Encoding")
    }

    @Test("an answer to HEAD keeps its body's length")
    func head() {
        let sent = compression.compressed(
            answer(.bytes(text(5_000)), [.contentLength: "5000"]), for: request("gzip", .head))
        #expect(sent.headers[.contentLength] == "5000" && sent.headers[.contentEncoding] == nil)
        #expect(sent.headers[.vary] == "Accept-Encoding")
    }

    /// Notes the parts as they come.
    private final class Parts: ResponseBodyWriter {
        private let parts = Mutex<[[UInt8]]>([])
        var all: [[UInt8]] { parts.withLock { $0 } }
        func write(_ bytes: [UInt8]) async throws { parts.withLock { $0.append(bytes) } }
    }

    @Test("each part of a stream can be read when it has come", arguments: ContentCoding.allCases)
    func stream(coding: ContentCoding) async throws {
        let parts = Parts()
        let sent = compression.compressed(
            answer(.stream { writer in
                for part in ["one, ", "", "two, ", "three"] {
                    try await writer.write(Array(part.utf8))
                    let seen = Decoded(parts.all.flatMap { $0 }, coding)?.bytes ?? []
                    #expect(String(decoding: seen, as: UTF8.self).hasSuffix(part))
                }
            }), for: request(coding.rawValue))
        guard case .stream(let write) = sent.body else { return #expect(Bool(false), "it is a stream") }
        try await write(parts)
        #expect(parts.all.count == 4, "three parts and the end")
        let decoded = Decoded(parts.all.flatMap { $0 }, coding)
        #expect(decoded.map { String(decoding: $0.bytes, as: UTF8.self) } == "one, two, three")
        #expect(decoded?.isWhole == true)
    }

    @Test("a body in any pieces, with any flushes, is the same body", arguments: ContentCoding.allCases)
    func pieces(coding: ContentCoding) {
        let random = SeededRandom(seed: 11)
        for round in 0..<9 {
            let body = text(random.int(in: 0...60_000))
            guard var compressor = BodyCompressor(coding, level: 1 + round % 9, room) else {
                return #expect(Bool(false), "there is room")
            }
            var output = WireBuffer()
            var place = 0
            while place < body.count {
                let end = min(body.count, place + random.int(in: 1...20_000))
                let flush: BodyCompressor.Flush = random.int(in: 0...2) == 0 ? .part : .none
                body[place..<end].withUnsafeBytes { compressor.compress($0, flush, into: &output) }
                if flush == .part {
                    #expect(Decoded(Array(output.readable), coding)?.bytes == Array(body[..<end]))
                }
                place = end
            }
            compressor.compress(UnsafeRawBufferPointer(start: nil, count: 0), .end, into: &output)
            #expect(Decoded(Array(output.readable), coding) == Decoded(whole: body))
        }
        #expect(room.bytes == 0, "their memory is free again")
    }

    @Test("when there is no room, bodies stay as they are")
    func noRoom() async throws {
        let small = CompressionRoom(bytesMax: 300 << 10)
        let compression = AnswerCompression(CompressionPlan(), small)
        let held = compression.compressed(answer(.stream { try await $0.write([1]) }), for: request("gzip"))
        #expect(held.headers[.contentEncoding] == "gzip")
        let plain = compression.compressed(answer(.stream { try await $0.write([2]) }), for: request("gzip"))
        #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary] == "Accept-Encoding")
        #expect(try await plain.collect() == [2])
        let whole = compression.compressed(answer(.bytes(text(1_000))), for: request("gzip"))
        #expect(whole.bytes == text(1_000) && whole.headers[.contentEncoding] == nil)
        _ = try await held.collect()
    }

    @Test("a cache behind it keeps each form by itself, and asks about either with one tag")
    func cached() async throws {
        let fixture = CacheFixture()
        let (compression, body) = (compression, text(3_000))
        fixture.origin.answer { request, _ in
            let headers: HTTPFields = [.cacheControl: "max-age=60", .eTag: "\"v\"", .contentType: "text/plain"]
            if let known = request.headers[.ifNoneMatch], EntityTagList.contains(known, "\"v\"") {
                return Response(.notModified, headers: headers)
            }
            return Response(.ok, headers: headers, body: .bytes(body))
        }
        let origin = fixture.origin
        func get(_ accepted: String?) async throws -> Response {
            let request = request(accepted)
            return try await fixture.route().answer(to: request) { asked in
                compression.compressed(try await origin.answer(asked), for: asked)
            }
        }
        for _ in 0..<2 {
            #expect(try await get(nil).bytes == body)
            #expect(Decoded(try await get("gzip").bytes ?? [], .gzip)?.bytes == body)
        }
        #expect(origin.count == 2)
        fixture.time.advance(by: .seconds(61))
        let again = try await get("gzip, deflate")
        #expect(origin.count == 3, "other codings are welcome than before, so it is another variant")
        #expect(Decoded(again.bytes ?? [], .gzip)?.bytes == body)
        let asked = try await get("gzip")
        #expect(asked.course.contains("fwd-status=304") && asked.headers[.eTag] == "W/\"v\"")
        #expect(Decoded(asked.bytes ?? [], .gzip)?.bytes == body)
    }
}

extension Decoded {
    fileprivate init(whole bytes: [UInt8]) {
        self.bytes = bytes
        isWhole = true
    }
}
