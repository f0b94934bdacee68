/// Every import has its access level written out.
struct ImportAccessRule: FileRule {
    static let name = "import-access"

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, !file.isGenerated, file.isSource || file.isTest else { return [] }
        return file.imports.filter { $0.access == nil }.map {
            finding(
                file, line: $0.line,
                "write `internal import \($0.module)`, or `public` where its types are in public API")
        }
    }
}

/// Imports follow the layers, and services do not know each other.
struct LayerRule: FileRule {
    static let name = "layers"

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, file.isSource else { return [] }
        // Engine adapters are leaves: they may use any target of the toolkit.
        let isLeaf = file.path.hasPrefix("Sources/Toolkit/Adapters/")
        return file.imports.compactMap { line in
            guard Layers.isOurs(line.module) else { return nil }
            if isLeaf, Layers.toolkit.contains(String(line.module)) { return nil }
            return Layers.objection(String(file.target), uses: String(line.module)).map {
                finding(file, line: line.line, $0)
            }
        }
    }
}

/// A service's Domain/ folder is free of frameworks.
struct DomainRule: FileRule {
    static let name = "domain-imports"

    func findings(in file: SourceText) -> [Finding] {
        let parts = file.path.split(separator: "/")
        guard file.isSwift, parts.count > 4, parts[0] == "Sources", parts[1] == "Shop", parts[3] == "Domain" else {
            return []
        }
        return file.imports.filter { !Layers.domainModules.contains(String($0.module)) }.map {
            finding(
                file, line: $0.line,
                "Domain/ imports FlotillaCore and ShopContracts only; move what needs \($0.module) to Adapters/")
        }
    }
}

/// Network libraries are used behind our own types only.
struct NetworkImportRule: FileRule {
    static let name = "network-imports"

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, file.isSource, !Layers.networkTargets.contains(String(file.target)),
            !file.path.hasPrefix("Sources/Toolkit/Adapters/")
        else { return [] }
        return file.imports.compactMap { line in
            guard Layers.networkPrefixes.contains(where: { line.module.hasPrefix($0) }) else { return nil }
            return finding(
                file, line: line.line,
                "\(line.module) is imported in FlotillaHTTP, FlotillaRPC, FlotillaTranscoding, FlotillaGateway only; "
                    + "use their types")
        }
    }
}

/// Package.swift keeps the order of the layers, and lists what is imported.
struct ManifestRule {
    static let name = "manifest"

    func findings(in manifest: SourceText, files: [SourceText] = []) -> [Finding] {
        let targets = PackageTargets(manifest)
        var found: [Finding] = []
        func add(_ line: Int, _ message: String) {
            found.append(Finding(rule: Self.name, path: manifest.path, line: line, message: message))
        }
        let known = targets.toolkit.map(\.name)
        let expected = Layers.toolkit.filter { known.contains($0) }
        if known.filter({ Layers.toolkit.contains($0) }) != expected {
            add(targets.toolkit.first?.line ?? 1, "list the toolkit in the order \(expected.joined(separator: ", "))")
        }
        for entry in targets.toolkit + targets.shop {
            for dependency in entry.dependencies where Layers.isOurs(dependency) {
                if let objection = Layers.objection(entry.name, uses: dependency) { add(entry.line, objection) }
            }
        }
        let declared = Dictionary(
            (targets.toolkit + targets.shop + targets.tests).map { ($0.name, Set($0.dependencies)) },
            uniquingKeysWith: { $0.union($1) })
        for file in files where file.isSwift {
            guard let dependencies = declared[String(file.target)] else { continue }
            for line in file.imports where Layers.isOurs(line.module) && line.module != file.target {
                if dependencies.contains(String(line.module)) { continue }
                found.append(
                    Finding(
                        rule: Self.name, path: file.path, line: line.line,
                        message: "add \(line.module) to the dependencies of \(file.target) in Package.swift"))
            }
        }
        return found
    }
}
