extension ProtoSchema {
    /// More files than these are refused.
    static let filesMax = 500

    /// Reads .proto files and all that they import.
    ///
    /// The files of google/protobuf that have a JSON form of their own are known; those of google/api are read as far
    /// as they say how methods are reached.
    ///
    /// - Parameters:
    ///   - files: their names, as others import them.
    ///   - read: what a file holds; nil: there is no such file.
    /// - Throws: ``ProtoError``, with the place: the first that is wrong.
    public init(files: [String], read: (String) -> [UInt8]?) throws(ProtoError) {
        var drafts: [FileDraft] = []
        var seen: Set<String> = []
        var wanted = files.reversed().map { (name: ProtoName(text: $0, place: .unknown), from: $0) }
        while let next = wanted.popLast() {
            let name = next.name.text
            guard seen.insert(name).inserted, !Self.isKnownOption(name) else { continue }
            guard seen.count <= Self.filesMax else {
                throw ProtoError("", .unknown, "there are more than \(Self.filesMax) files")
            }
            guard let bytes = read(name) ?? WellKnownSource.file(named: name).map({ Array($0.utf8) }) else {
                throw ProtoError(next.from, next.name.place, "the file \(name) cannot be found")
            }
            let draft = try ProtoParser.parse(name, bytes)
            drafts.append(draft)
            wanted += draft.imports.reversed().map { ($0, name) }
        }
        self = try SchemaBuilder.schema(of: drafts)
    }

    /// Reads what `protoc --include_imports --descriptor_set_out=FILE` writes (a `FileDescriptorSet`). Files of
    /// google/protobuf may be missing.
    ///
    /// - Throws: ``ProtoError`` when it is something else, or not proto3.
    public init(descriptorSet bytes: [UInt8]) throws(ProtoError) {
        var drafts: [FileDraft]
        do throws(WireError) {
            drafts = try DescriptorSetReader.files(in: bytes)
        } catch {
            throw ProtoError("", .unknown, "these are no descriptors: \(error.reason)")
        }
        for known in WellKnownSource.files where !drafts.contains(where: { $0.name == known.name }) {
            drafts.append(try ProtoParser.parse(known.name, Array(known.text.utf8)))
        }
        self = try SchemaBuilder.schema(of: drafts)
    }

    /// Files that only say what options there are.
    private static func isKnownOption(_ name: String) -> Bool {
        ["google/api/annotations.proto", "google/api/http.proto", "google/protobuf/descriptor.proto"].contains(name)
    }
}
