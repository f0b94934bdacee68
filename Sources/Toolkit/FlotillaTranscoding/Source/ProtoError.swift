/// What is wrong with .proto files or descriptors.
public struct ProtoError: Error, Hashable, CustomStringConvertible {
    /// The file's name; empty when it is about all of them.
    public let file: String
    /// From 1; 0: the file as a whole.
    public let line: Int
    /// From 1; 0: the file as a whole.
    public let column: Int
    /// What is wrong and what is expected.
    public let reason: String

    init(_ file: String, _ place: ProtoPlace = .unknown, _ reason: String) {
        self.file = file
        line = place.line
        column = place.column
        self.reason = reason
    }

    /// `Values/values.proto:12:3: there is no type Money here`.
    public var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return place.isEmpty ? reason : "\(place): \(reason)"
    }
}
