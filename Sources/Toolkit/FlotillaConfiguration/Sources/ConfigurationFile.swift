#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// The text of a YAML file, and the name it has in messages.
public struct ConfigurationFile: Sendable, Hashable {
    /// A larger file is refused.
    public static let bytesMax = 1_048_576

    public var path: String
    public var text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// Reads a file of at most ``bytesMax`` bytes.
    ///
    /// - Throws: ``ConfigurationError`` when it cannot be read, is too large or is not UTF-8.
    public static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile {
        do {
            return ConfigurationFile(path: path, text: try readText(path, bytesMax: bytesMax))
        } catch {
            throw ConfigurationError([
                ConfigurationProblem(
                    key: "", value: nil, origin: .file(path: path, line: 0),
                    message: "the configuration file \(error.message)",
                    allowed: "a readable YAML file in UTF-8 of at most \(bytesMax) bytes")
            ])
        }
    }
}

/// Reads a small text file at once.
func readText(_ path: String, bytesMax: Int) throws(ParseFailure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ParseFailure(message: "cannot be opened (\(errorText()))") }
    defer { _ = close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw ParseFailure(message: "cannot be read (\(errorText()))")
        }
        if count == 0 { break }
        bytes.append(contentsOf: chunk[..<count])
        guard bytes.count <= bytesMax else { throw ParseFailure(message: "has more than \(bytesMax) bytes") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw ParseFailure(message: "is not UTF-8") }
    return text
}

private func errorText() -> String { String(cString: strerror(errno)) }
