internal import FlotillaSecurity
internal import Foundation
internal import Synchronization

/// The key that signs tokens, made once in a process: finding primes takes longer than many seeds.
///
/// Signatures differ between processes then, and nothing in the trace depends on them.
enum SimulatedKeys {
    private static let pem = Mutex<Data?>(nil)

    /// Puts the key where Users looks for it.
    static func place(in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/signing.pem"
        try pem.withLock { pem in
            if pem == nil {
                _ = try SigningKey.loadOrCreate(at: path)
                pem = try Data(contentsOf: URL(fileURLWithPath: path))
            } else if let pem {
                _ = FileManager.default.createFile(
                    atPath: path, contents: pem, attributes: [.posixPermissions: 0o600])
            }
        }
    }
}
