/// What the JSON of messages looks like.
public struct JSONStyle: Sendable, Hashable {
    /// Whether fields are written that are zero, false or empty. Messages and `optional` fields that are not there
    /// are left out in any case.
    public var printsDefaults: Bool
    /// Whether fields have the names of the .proto file (`user_id`) instead of JSON's (`userId`).
    public var usesProtoNames: Bool
    /// Longer JSON is not written: a few bytes on the wire can stand for a lot of it.
    public var bytesMax: Int

    public init(printsDefaults: Bool = false, usesProtoNames: Bool = false, bytesMax: Int = 16 << 20) {
        self.printsDefaults = printsDefaults
        self.usesProtoNames = usesProtoNames
        self.bytesMax = bytesMax
    }
}
