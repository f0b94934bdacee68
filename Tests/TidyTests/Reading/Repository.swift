internal import Foundation

/// The files of this repository: those git tracks, and those it would if they were added now.
struct Repository {
    let root: URL
    /// Paths from the root that git tracks, in order.
    let tracked: [String]
    /// Text files, tracked or new, in order of their paths.
    let files: [SourceText]

    /// The repository this file is part of.
    static let here = Result { try Repository(root: rootOfThisFile()) }

    init(root: URL) throws {
        self.root = root
        tracked = try Self.git(["ls-files", "-z"], in: root)
        let all = try Self.git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: root)
        files = Set(all).sorted().compactMap { path in
            guard Self.isText(path) else { return nil }
            // A file that was deleted and not yet committed is listed, and gone.
            guard let data = FileManager.default.contents(atPath: root.appending(path: path).path) else { return nil }
            return SourceText(path: path, bytes: Array(data))
        }
    }

    /// Package.swift of this repository.
    var manifest: SourceText? { files.first { $0.path == "Package.swift" } }

    private static let textSuffixes: Set<String> = [
        "swift", "md", "sh", "py", "proto", "yaml", "yml", "json", "h", "c", "modulemap", "html", "css", "js", "txt",
        "tf", "sql", "toml", "service", "conf", "tmpl", "awk", "graphql", "Makefile", "Dockerfile", "run", "gitignore",
    ]

    /// Whether a file is text, by the end of its name.
    static func isText(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return textSuffixes.contains(String(name.split(separator: ".").last ?? ""))
    }

    private static func rootOfThisFile(_ file: String = #filePath) -> URL {
        // Tests/TidyTests/Reading/Repository.swift
        var url = URL(filePath: file).resolvingSymlinksInPath()
        for _ in 1...4 { url.deleteLastPathComponent() }
        return url
    }

    struct GitFailed: Error, CustomStringConvertible {
        let status: Int32
        var description: String {
            "git ls-files ended with status \(status): the tidy tests need git and run in a clone, not in an archive"
        }
    }

    private static func git(_ arguments: [String], in root: URL) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // The clone may belong to another user, as in a container.
        process.arguments = ["git", "-c", "safe.directory=*", "-C", root.path] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw GitFailed(status: process.terminationStatus) }
        return output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
