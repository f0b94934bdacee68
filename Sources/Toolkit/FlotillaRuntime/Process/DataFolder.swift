internal import FlotillaCore
internal import Foundation

/// The folder with a fleet's state, held by one process at a time.
public final class DataFolder: Sendable {
    public let path: String
    private let descriptor: Int32

    /// Makes the folder where it does not exist and takes it.
    ///
    /// - Throws: ``ServiceError`` `data-folder` when it cannot be made or written, `data-folder-in-use`
    ///   when another process has it.
    public init(_ path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ServiceError(
                .internal, "data-folder",
                "The data folder \(path) cannot be made: choose another one, or change who may write there.",
                cause: error)
        }
        let lock = path + "/lock"
        descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ServiceError(
                .internal, "data-folder",
                "The data folder \(path) cannot be written (\(String(cString: strerror(errno)))).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ServiceError(
                .conflict, "data-folder-in-use",
                "The data folder \(path) is in use by another process: stop that one, or choose another folder.")
        }
    }

    /// The path of a folder inside, which is made where it does not exist.
    ///
    /// - Throws: ``ServiceError`` `data-folder`.
    public func folder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ServiceError(
                .internal, "data-folder", "The folder \(folder) cannot be made: check who may write there.",
                cause: error)
        }
        return folder
    }

    deinit { close(descriptor) }
}
