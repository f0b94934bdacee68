internal import FlotillaConfiguration

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Reads files that a configuration names, once, when it is read.
enum LocalFile {
    /// Why a file is not there; follows its name in a sentence.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The path of a file that a configuration names: beside the one it is named in, when it is relative.
    static func path(_ name: String, beside origin: ConfigurationOrigin) -> String {
        guard !name.hasPrefix("/") else { return name }
        switch origin {
        case .file(let path, _), .place(let path, _, _):
            guard let slash = path.lastIndex(of: "/") else { return name }
            return String(path[...slash]) + name
        default: return name
        }
    }

    /// - Throws: ``Failure`` when it cannot be read or is larger.
    static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(description: "cannot be opened (\(String(cString: strerror(errno))))")
        }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, &chunk, chunk.count)
            #else
                let count = Glibc.read(descriptor, &chunk, chunk.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(description: "cannot be read (\(String(cString: strerror(errno))))")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= bytesMax else { throw Failure(description: "has more than \(bytesMax) bytes") }
        }
    }
}
