internal import Foundation
internal import Synchronization
internal import Testing

/// The folder of one test: data, logs and what programs printed. It stays when the test fails, and says where it is.
final class TestFolder: Sendable {
    let path: String
    private let issuesBefore: Int

    init() throws {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/shop-system-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        issuesBefore = Evidence.issues.withLock { $0 }
    }

    /// Where the Shop keeps its state.
    var data: String { "\(path)/data" }

    /// Runs `body` with a folder that is removed afterwards, unless the test failed meanwhile.
    static func with<Value>(_ body: (TestFolder) async throws -> Value) async throws -> Value {
        let folder = try TestFolder()
        do {
            let value = try await body(folder)
            if Evidence.issues.withLock({ $0 }) == folder.issuesBefore {
                try FileManager.default.removeItem(atPath: folder.path)
            } else {
                folder.tellWhere()
            }
            return value
        } catch {
            folder.tellWhere()
            throw error
        }
    }

    /// Every file below, by its path in the folder.
    func files() throws -> [(path: String, bytes: Data)] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted().compactMap { name in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder), !isFolder.boolValue
            else { return nil }
            return (name, try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
        }
    }

    private func tellWhere() {
        let name = Test.current?.displayName ?? "a test"
        FileHandle.standardError.write(Data("“\(name)” failed; its data and logs are in \(path)\n".utf8))
    }
}

/// Counts the issues of this run, so that a folder knows whether its test has failed.
enum Evidence {
    static let issues = Mutex(0)
}

extension Trait where Self == IssueHandlingTrait {
    /// Folders of tests that fail are kept.
    static var keepsEvidence: Self {
        .filterIssues { _ in
            Evidence.issues.withLock { $0 += 1 }
            return true
        }
    }
}
