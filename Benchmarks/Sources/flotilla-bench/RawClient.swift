import Foundation

/// HTTP/1.1 over a blocking socket: as little as a load generator needs. Connects again when the server has closed.
final class RawClient {
    private let port: Int
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        self.port = port
        try connectSocket()
    }

    deinit { close(descriptor) }

    private func connectSocket() throws {
        if descriptor >= 0 { close(descriptor) }
        buffer = []
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw BenchFailure("cannot connect to port \(port)") }
    }

    /// Sends a request and reads the whole answer, chunked ones too.
    func send(
        _ method: String, _ path: String, _ body: String?, token: String? = nil, key: String? = nil
    ) throws -> String {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let key { head += "Idempotency-Key: \(key)\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        var bytes = Array((head + "\r\n" + (body ?? "")).utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeMutableBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 else { throw BenchFailure("the connection broke while sending") }
            sent += count
        }
        let answer = try readHead()
        let text: String
        if answer.contains("transfer-encoding: chunked") {
            text = try readChunks()
        } else {
            let length = answer.components(separatedBy: "content-length: ").dropFirst().first
                .flatMap { $0.split(separator: "\r\n").first }.flatMap { Int($0) } ?? 0
            text = String(decoding: try take(length), as: UTF8.self)
        }
        if answer.contains("connection: close") { try connectSocket() }
        guard answer.hasPrefix("http/1.1 2") else { 
            throw BenchFailure("\(method) \(path): \(answer.prefix(20)) \(text)")
        }
        return text
    }

    /// The value of a text field, found without parsing all of it.
    func field(_ name: String, of json: String) throws -> String {
        let rest = json.components(separatedBy: "\"\(name)\":\"").dropFirst().first
        guard let value = rest?.split(separator: "\"").first else {
            throw BenchFailure("no \(name) in \(json)")
        }
        return String(value)
    }

    private func readHead() throws -> String {
        while true {
            if let end = find([13, 10, 13, 10]) {
                return String(decoding: try take(end + 4), as: UTF8.self).lowercased()
            }
            try fill()
        }
    }

    private func readChunks() throws -> String {
        var body: [UInt8] = []
        while true {
            while find([13, 10]) == nil { try fill() }
            let line = String(decoding: try take(find([13, 10])! + 2), as: UTF8.self)
            guard let size = Int(line.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16) else {
                throw BenchFailure("a bad chunk: \(line)")
            }
            body += try take(size)
            _ = try take(2)
            if size == 0 { return String(decoding: body, as: UTF8.self) }
        }
    }

    private func find(_ pattern: [UInt8]) -> Int? {
        guard buffer.count >= pattern.count else { return nil }
        for start in 0...(buffer.count - pattern.count) where buffer[start] == pattern[0] {
            if buffer[start..<(start + pattern.count)].elementsEqual(pattern) { return start }
        }
        return nil
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { throw BenchFailure("the connection broke while reading") }
        buffer += chunk[..<count]
    }
}
