#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Keeps the seed that is being tried in a file of its own, because a crash or a hang leaves no other word of it.
struct FuzzTrace: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// - Parameter folder: nil: nothing is kept.
    init(folder: String?, name: String) {
        path = (folder ?? "") + "/" + name.replacing("/", with: ".")
        descriptor = folder == nil ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }

    /// The check of that seed begins.
    func note(_ seed: UInt64) {
        guard descriptor >= 0 else { return }
        let text = Array("\(seed)\n".utf8)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    /// Whoever comes to this line has not crashed.
    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(path)
    }
}
