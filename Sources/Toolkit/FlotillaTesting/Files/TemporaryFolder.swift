internal import Foundation

/// A folder for one test, removed with everything in it when nobody holds it any more.
public final class TemporaryFolder: Sendable {
    /// Where it is, without a slash at the end.
    public let path: String

    /// Makes a new, empty folder that nobody else uses.
    ///
    /// - Throws: when the system's folder for temporary files cannot be written to.
    public init() throws {
        let base = FileManager.default.temporaryDirectory.path
        var template = Array("\(base)/flotilla-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // A folder that stays behind harms nobody; the system cleans up in the end.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` inside the folder.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Every file in the folder and below, with its content, by path relative to the folder.
    public func contents() throws -> [(path: String, bytes: [UInt8])] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
        return try names.compactMap { name in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder), !isFolder.boolValue
            else { return nil }
            return (name, Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))))
        }
    }

    /// The files that contain `text` somewhere, as UTF-8.
    public func files(containing text: String) throws -> [String] {
        let needle = Data(text.utf8)
        return try contents().filter { Data($0.bytes).range(of: needle) != nil }.map(\.path)
    }
}
