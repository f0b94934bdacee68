/// What the inputs of a fuzz test are made from.
public struct FuzzCorpus: Sendable {
    /// Whole inputs, most of them well formed. What stands in it twice is taken twice as often.
    public var examples: [[UInt8]]
    /// Parts that parsers stumble over, put in wherever chance has it.
    public var pieces: [[UInt8]]
    /// Longer inputs are cut.
    public var bytesMax: Int

    /// - Parameters:
    ///   - examples: at least one.
    ///   - pieces: at least one; characters up to U+00FF are one byte each, so that bytes no text has can be written
    ///     as well (ISO 8859-1).
    public init(_ examples: [[UInt8]], pieces: [String], bytesMax: Int = 4_096) {
        precondition(!examples.isEmpty && !pieces.isEmpty, "a corpus needs examples and pieces")
        self.examples = examples
        self.pieces = pieces.map { piece in
            piece.unicodeScalars.flatMap { $0.value < 256 ? [UInt8($0.value)] : Array(String($0).utf8) }
        }
        self.bytesMax = bytesMax
    }
}
