internal import FlotillaCore
internal import Foundation
internal import ShopContracts

/// A folder that takes the place of a mail server: each letter is one `.eml` file, which any mail program opens.
///
/// A file appears whole or not at all. Nothing is made durable: after a crash of the machine a letter
/// may be missing that was reported as sent, as with any mail server that lost its disk.
struct MailFolder: Sendable {
    let path: String

    /// - Parameter path: made, with mode 0700, if it is not there; letters are personal.
    /// - Throws: `mail-folder` when it cannot be made.
    init(path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Self.failure("cannot be made", path, cause: error)
        }
    }

    /// Puts a letter into the folder; one of the same ID is replaced.
    ///
    /// - Throws: `mail-folder`, which is worth another try: disks fill up and are emptied.
    func put(_ id: NotificationID, _ letter: [UInt8]) throws {
        // The same name for each try, so that a crash leaves nothing that is not written over later.
        let partial = "\(path)/.\(id).partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("takes no new file", path, errno) }
        var rest = letter[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                throw Self.failure("cannot be written to", path, code)
            }
            rest = rest.dropFirst(count)
        }
        // Only the close tells of some failures, of a full quota over a network for instance.
        guard close(descriptor) == 0 else { throw Self.failure("cannot be written to", path, errno) }
        guard rename(partial, file(of: id)) == 0 else { throw Self.failure("takes no new file", path, errno) }
    }

    /// Takes a letter out again; without effect when there is none.
    func remove(_ id: NotificationID) throws {
        guard unlink(file(of: id)) == 0 || errno == ENOENT else { throw Self.failure("keeps a file", path, errno) }
    }

    /// Deletes the oldest letters beyond the latest `count`.
    ///
    /// - Returns: how many were deleted.
    @discardableResult
    func tidy(keeping count: Int) throws -> Int {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Self.failure("cannot be listed", path, cause: error)
        }
        // IDs sort by the time they were made.
        let letters = names.filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }.sorted()
        let old = letters.dropLast(max(0, count))
        for name in old {
            guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
                throw Self.failure("keeps a file", path, errno)
            }
        }
        return old.count
    }

    /// Whether letters can be put into it now.
    ///
    /// - Throws: `mail-folder` when not.
    func check() throws {
        guard access(path, W_OK | X_OK) == 0 else { throw Self.failure("cannot be written to", path, errno) }
    }

    /// Where the letter of a notification lies.
    func file(of id: NotificationID) -> String { "\(path)/\(id)\(Self.suffix)" }

    private static let suffix = ".eml"

    private static func failure(
        _ what: String, _ path: String, _ code: Int32? = nil, cause: (any Error)? = nil
    ) -> ServiceError {
        let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
        return ServiceError(
            .unavailable, "mail-folder",
            "The mail folder \(path) \(what)\(reason). Check the disk and who may write there.", cause: cause)
    }
}
