internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// An answer of the Shop, read to its end.
struct Reply: Sendable {
    var request: String
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]

    init(_ request: Request, _ response: Response) async throws {
        self.request = "\(request.method.rawValue) \(request.target)"
        status = response.status.code
        headers = response.headers
        bytes = try await response.collect(bytesMax: 4 << 20)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body as JSON; null when it is something else.
    var json: JSONValue {
        guard headers[.contentType]?.contains("json") == true else { return .null }
        do { return try JSONValue(parsing: bytes, bytesMax: 4 << 20) } catch { return .null }
    }

    /// The text under that name.
    ///
    /// - Throws: ``UnexpectedReply`` where there is none.
    func string(_ name: String) throws -> String {
        guard let text = json[name]?.string else { throw UnexpectedReply(reply: self, wanted: "a text '\(name)'") }
        return text
    }

    /// - Throws: ``UnexpectedReply`` for any other status.
    @discardableResult
    func expecting(_ statuses: Int...) throws -> Reply {
        guard statuses.contains(status) else {
            throw UnexpectedReply(reply: self, wanted: statuses.map(String.init).joined(separator: " or "))
        }
        return self
    }

    /// The last part of a problem's type: `sold-out`.
    var problem: String? { json["type"]?.string?.split(separator: "/").last.map(String.init) }
}

/// The Shop answered otherwise than the test needs it to.
struct UnexpectedReply: Error, CustomStringConvertible {
    let reply: Reply
    let wanted: String
    var description: String {
        "\(reply.request) was answered with \(reply.status), not \(wanted): \(reply.text.prefix(600))"
    }
}
