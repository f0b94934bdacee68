internal import FlotillaHTTP
internal import FlotillaProxy
internal import HTTPTypes
internal import Synchronization

/// Makes answers smaller as a plan says: whole ones, and those that are made by a task while they are sent.
///
/// A loop that forwards asks ``choice(accepted:_:field:)`` about the head of an answer and, when that names a coding,
/// sends the body through a ``compressor(_:)``. Safe to share between tasks and threads.
struct AnswerCompression: Sendable {
    /// A longer body is made smaller while it is sent, so that it does not hold a processor up, nor twice its memory.
    static let wholeMax = 128 << 10

    let plan: CompressionPlan
    private let room: CompressionRoom

    /// - Parameter room: shared by all routes.
    init(_ plan: CompressionPlan, _ room: CompressionRoom) {
        self.plan = plan
        self.room = room
    }

    /// What becomes of an answer.
    ///
    /// - Parameters:
    ///   - accepted: what the request says in `Accept-Encoding`; nil: nothing.
    ///   - field: what the answer says in the field of that name, which is lower case.
    func choice(
        accepted: String?, _ answer: CompressionChoice.Answer, field: (String) -> String?
    ) -> CompressionChoice { CompressionChoice(plan, accepted: accepted, answer, field: field) }

    /// For the body of one answer; nil when too many are under way: it is then sent as it is.
    func compressor(_ coding: ContentCoding) -> BodyCompressor? { BodyCompressor(coding, level: plan.level, room) }

    /// The answer as this client gets it.
    func compressed(_ response: Response, for request: Request) -> Response {
        let answer = CompressionChoice.Answer(
            status: response.status.code, isHead: request.method == .head, length: response.bytes?.count)
        let choice = choice(accepted: request.headers[.acceptEncoding], answer) { name in
            HTTPField.Name(name).flatMap { response.headers[$0] }
        }
        guard let coding = choice.coding else { return response.changed(choice) }
        switch response.body {
        case .bytes(let bytes) where bytes.count <= Self.wholeMax:
            guard let smaller = whole(bytes, coding) else { return response.changed(choice.plain) }
            var response = response.changed(choice)
            response.body = .bytes(smaller)
            return response
        case .bytes(let bytes):
            return streamed(response, choice, coding) { writer in
                for start in stride(from: 0, to: bytes.count, by: Self.wholeMax) {
                    try await writer.write(Array(bytes[start..<min(bytes.count, start + Self.wholeMax)]))
                }
            }
        case .stream(let write): return streamed(response, choice, coding, write)
        }
    }

    /// Nil when that is no gain, or there is no room.
    private func whole(_ bytes: [UInt8], _ coding: ContentCoding) -> [UInt8]? {
        guard var compressor = compressor(coding) else { return nil }
        var output = WireBuffer(capacity: bytes.count / 2 + 1_024)
        bytes.withUnsafeBytes { compressor.compress($0, .end, into: &output) }
        return output.count < bytes.count ? Array(output.readable) : nil
    }

    private func streamed(
        _ response: Response, _ choice: CompressionChoice, _ coding: ContentCoding,
        _ write: @escaping @Sendable (any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        // Here, and not when the body begins: by then the head, which promises a coding, is on its way.
        guard let compressor = compressor(coding) else {
            var plain = response.changed(choice.plain)
            plain.body = .stream(write)
            return plain
        }
        let part = CompressedPart(compressor)
        var response = response.changed(choice)
        response.body = .stream { writer in
            try await write(CompressingBodyWriter(writer: writer, part: part))
            try await writer.write(part.compress([], .end))
        }
        return response
    }
}

/// A compressor with room for what comes of one part, for one task at a time.
private final class CompressedPart: Sendable {
    private struct State: ~Copyable {
        var compressor: BodyCompressor
        var output = WireBuffer()
    }

    private let state: Mutex<State>

    init(_ compressor: consuming sending BodyCompressor) { state = Mutex(State(compressor: compressor)) }

    func compress(_ bytes: [UInt8], _ flush: BodyCompressor.Flush) -> [UInt8] {
        state.withLock { state in
            bytes.withUnsafeBytes { state.compressor.compress($0, flush, into: &state.output) }
            defer { state.output.removeAll() }
            return Array(state.output.readable)
        }
    }
}

/// Passes on a body made smaller; the receiver can read each part when it is there.
private struct CompressingBodyWriter: ResponseBodyWriter {
    let writer: any ResponseBodyWriter
    let part: CompressedPart

    func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await writer.write(part.compress(bytes, .part))
    }
}

extension CompressionChoice {
    /// The same for a body that stays as it is: only the hint for caches is left.
    var plain: CompressionChoice {
        var plain = CompressionChoice.none
        plain.fields = fields.filter { $0.name == "Vary" }
        return plain
    }
}

extension Response {
    /// With the head that was chosen.
    fileprivate func changed(_ choice: CompressionChoice) -> Response {
        var response = self
        for name in choice.without { if let name = HTTPField.Name(name) { response.headers[name] = nil } }
        for field in choice.fields {
            if let name = HTTPField.Name(field.name) { response.headers[name] = field.value }
        }
        return response
    }
}
