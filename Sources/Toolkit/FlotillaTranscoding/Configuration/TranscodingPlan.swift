public import FlotillaConfiguration

/// What the file of a gateway says of an upstream that speaks gRPC.
public struct TranscodingPlan: Sendable {
    let schema: ProtoSchema
    let services: [String]?
    let prefix: String
    let style: JSONStyle
    /// Longer messages are refused.
    public let messageBytesMax: Int

    /// Reads what stands at `grpc` of an upstream:
    /// ```yaml
    /// grpc:
    ///   protos: [Catalog/catalog_service.proto]   # or descriptors: catalog.pb, as protoc writes them
    ///   folders: [Protos]                          # where they and what they import are looked for
    ///   services: [shop.catalog.v1.CatalogService]  # all, when it is not there
    ///   prefix: /grpc
    /// ```
    /// What is wrong with the files is told at the key that names them, with its line in them.
    ///
    /// - Parameter read: what the file of that path holds, nil when there is none; `folders` stand before the names.
    /// - Returns: nil when there is something wrong, or nothing is read.
    public static func read(
        from fields: inout YAMLFields, read: (String) -> [UInt8]?
    ) -> TranscodingPlan? {
        let protos = fields.texts("protos", count: 0...ProtoSchema.filesMax, "Files that describe the services.")
        let folders = fields.texts("folders", count: 0...20, "Where the files and what they import are looked for.")
        let descriptors = fields.optionalText("descriptors", "Descriptors of the services, as protoc writes them.")
        let services = fields.texts("services", count: 0...100, "The services that can be called; all by default.")
        let prefix = fields.optionalText("prefix", "What stands before the paths of all methods.") ?? ""
        let style = JSONStyle(
            printsDefaults: fields.bool("defaults", default: false, "Whether zero, false and empty are written."),
            usesProtoNames: fields.bool(
                "protoNames", default: false, "Whether fields are called as in the .proto files."))
        let bytesMax = fields.int(
            "messageBytesMax", in: 1_024...(64 << 20), default: 4 << 20, "How long a message of an answer may be.")
        guard !fields.isDescribing else { return nil }
        guard protos.isEmpty != (descriptors == nil) else {
            fields.problem("has no files, or both kinds", allowed: "protos, a list of files, or descriptors, a file")
            return nil
        }
        guard prefix.isEmpty || (prefix.hasPrefix("/") && !prefix.hasSuffix("/")) else {
            fields.problem(
                at: "prefix", value: prefix, "is no prefix of paths", allowed: "/ and segments, no / at the end")
            return nil
        }
        let key = descriptors == nil ? "protos" : "descriptors"
        do throws(ProtoError) {
            let schema = try schema(protos, folders, descriptors, read)
            let plan = TranscodingPlan(
                schema: schema, services: services.isEmpty ? nil : services, prefix: prefix, style: style,
                messageBytesMax: bytesMax)
            _ = try Transcoder(schema, services: plan.services, prefix: prefix)
            return plan
        } catch {
            fields.problem(at: key, "\(error)", allowed: "proto3 files with the services they describe")
            return nil
        }
    }

    private static func schema(
        _ protos: [String], _ folders: [String], _ descriptors: String?, _ read: (String) -> [UInt8]?
    ) throws(ProtoError) -> ProtoSchema {
        if let descriptors {
            guard let bytes = read(descriptors) else {
                throw ProtoError(descriptors, .unknown, "the file cannot be read")
            }
            return try ProtoSchema(descriptorSet: bytes)
        }
        return try ProtoSchema(files: protos) { name in
            for folder in folders.isEmpty ? ["."] : folders {
                if let bytes = read(folder == "." ? name : "\(folder)/\(name)") { return bytes }
            }
            return nil
        }
    }

    /// What answers by it.
    ///
    /// - Throws: nothing for a plan that was read: that was tried then.
    public func transcoder() throws(ProtoError) -> Transcoder {
        try Transcoder(schema, services: services, prefix: prefix, style: style)
    }
}
