internal import FlotillaCore

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Files that hold keys: readable by their owner only, written whole or not at all.
enum SecretFile {
    /// What a key file may have at most; ours have a few hundred bytes to a few kilobytes.
    static let bytesMax = 64 * 1024

    /// The content, or nil when there is no such file.
    ///
    /// - Parameter forbidden: what nobody but the owner may do, as bits of the file's mode: to read or write.
    /// - Throws: ``ServiceError`` `key-file` when it cannot be read, is too large, or others than its owner may
    ///   touch it: a key that others could have read must be replaced, not used.
    static func read(_ path: String, forbidden: mode_t = 0o077) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("cannot be opened", path, errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be inspected", path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure("is not a regular file", path) }
        guard status.st_mode & forbidden == 0 else {
            guard forbidden & 0o044 != 0 else {
                throw failure(
                    "may be written by others than its owner; run `chmod go-w` if you are sure that nobody else "
                        + "has changed it", path)
            }
            throw failure(
                "may be read or written by others than its owner; replace the key, or run `chmod 600` "
                    + "if you are sure that nobody else has read it", path)
        }
        guard status.st_size <= bytesMax else { throw failure("has more than \(bytesMax) bytes", path) }
        return try readAll(descriptor, path)
    }

    /// Creates the file with mode 0600, its content complete from the first moment on which others can see it.
    ///
    /// - Returns: false when there is one already, for instance from another process that was faster; that
    ///   file is left as it is.
    static func create(_ path: String, _ bytes: [UInt8]) throws -> Bool {
        let temporary = try writeTemporary(beside: path, bytes)
        defer { unlink(temporary) }
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { return false }
            throw failure("cannot be created", path, errno)
        }
        try syncFolder(of: path)
        return true
    }

    /// Puts new content in the place of the old, atomically, with mode 0600.
    static func replace(_ path: String, _ bytes: [UInt8]) throws {
        let temporary = try writeTemporary(beside: path, bytes)
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw failure("cannot be replaced", path, code)
        }
        try syncFolder(of: path)
    }

    private static func readAll(_ descriptor: Int32, _ path: String) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Swift.min(buffer.count, bytesMax + 1 - content.count)
            let got = system { readBytes(descriptor, &buffer, count) }
            guard got >= 0 else { throw failure("cannot be read", path, errno) }
            if got == 0 { return content }
            content.append(contentsOf: buffer[..<got])
            guard content.count <= bytesMax else { throw failure("has more than \(bytesMax) bytes", path) }
        }
    }

    /// Writes `bytes` to a new file in the same folder; `mkstemp` gives it mode 0600 and a name nobody has.
    private static func writeTemporary(beside path: String, _ bytes: [UInt8]) throws -> String {
        var template = Array((path + ".new-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("cannot be created in its folder", path, errno) }
        defer { close(descriptor) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                system { write(descriptor, buffer.baseAddress, buffer.count) }
            }
            guard count > 0 else {
                let code = errno
                unlink(temporary)
                throw failure("cannot be written", path, code)
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else {
            let code = errno
            unlink(temporary)
            throw failure("cannot be made durable", path, code)
        }
        return temporary
    }

    private static func syncFolder(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("is in a folder that cannot be opened", path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot be made durable", path, errno) }
    }

    /// Repeats a system call that a signal interrupted.
    private static func system(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func failure(_ what: String, _ path: String, _ code: Int32? = nil) -> ServiceError {
        let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
        return ServiceError(.internal, "key-file", "The key file \(path) \(what)\(reason).")
    }
}

/// `read` of the C library; inside ``SecretFile`` the name means the method.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    #if canImport(Darwin)
        Darwin.read(descriptor, buffer, count)
    #else
        Glibc.read(descriptor, buffer, count)
    #endif
}
