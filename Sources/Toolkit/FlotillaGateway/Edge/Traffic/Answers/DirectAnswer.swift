internal import FlotillaConfiguration

/// An answer that the gateway gives itself, the same to everybody.
struct DirectAnswer: Sendable, Hashable {
    /// No body is longer.
    static let bodyBytesMax = 1 << 20

    let status: Int
    /// `Content-Type` first, when there is a body.
    let lines: FieldLines
    let body: [UInt8]

    init(status: Int, body: [UInt8] = [], contentType: String? = nil, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.body = body
        var lines = FieldLines()
        if let contentType { lines.add("Content-Type", contentType) }
        lines.add(FieldLines(headers))
        self.lines = lines
    }
}

extension DirectAnswer {
    /// Reads the group `respond` of a route; nil when it is not there.
    /// ```yaml
    /// respond: { status: 200, body: "pong", contentType: text/plain, headers: { X-From: edge } }
    /// ```
    static func read(from fields: inout YAMLFields) -> DirectAnswer? {
        fields.optionalGroup("respond", "An answer that the gateway gives itself.") { fields in
            let status = fields.int("status", in: 200...599, default: 200, "Its status.")
            let text = fields.optionalText("body", bytes: 0...60_000, "Its body.")
            let file = fields.optionalText(
                "file", bytes: 1...1_000,
                "A file with its body, beside this one, and read with it.")
            let type = fields.optionalText(
                "contentType", "The type of the body; else by the name of the file, or text.")
            let headers = fields.namedTexts("headers", bytes: 0...4_000, "Fields with their values.")
            if text != nil, file != nil { fields.problem(at: "file", "stands beside body", allowed: "one of the two") }
            if let type, !FieldName.isValue(type) || !type.contains("/") {
                fields.problem(at: "contentType", value: type, "is no type", allowed: "text/plain; charset=utf-8")
            }
            for named in headers {
                if let problem = FieldName.problem(named.name) {
                    fields.problem(at: "headers", value: named.name, problem, allowed: FieldName.allowed)
                } else if !FieldName.isValue(named.value) {
                    fields.problem(
                        at: "headers", value: named.name, "has a value that no field may have",
                        allowed: "text without control characters, no blanks at its ends")
                }
            }
            let body = file.map { read($0, &fields) } ?? Array((text ?? "").utf8)
            if !body.isEmpty, status == 204 || status == 304 {
                fields.problem(
                    at: "status", value: String(status), "has no body", allowed: "another status, or no body")
            }
            let usual = body.isEmpty ? nil : file.map(Self.type) ?? Self.type("txt")
            return DirectAnswer(
                status: status, body: body, contentType: type ?? usual,
                headers: headers.filter { FieldName.problem($0.name) == nil }.map { ($0.name, $0.value) })
        }
    }

    private static func read(_ path: String, _ fields: inout YAMLFields) -> [UInt8] {
        let path = LocalFile.path(path, beside: fields.origin)
        do {
            return try LocalFile.read(path, bytesMax: bodyBytesMax)
        } catch {
            fields.problem(at: "file", value: path, "\(error)", allowed: "a file of at most \(bodyBytesMax) bytes")
            return []
        }
    }

    /// By the ending of a file's name.
    private static func type(_ name: String) -> String {
        switch name.split(separator: ".").last.map({ $0.lowercased() }) {
        case "html", "htm": "text/html; charset=utf-8"
        case "json": "application/json"
        case "txt": "text/plain; charset=utf-8"
        case "xml": "application/xml"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
