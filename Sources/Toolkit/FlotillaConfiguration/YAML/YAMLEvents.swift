// The parser that Yams is built on, and brings along. Yams' own tree is not bounded: it hashes keys, and a key made of
// aliases of aliases takes it for ever.
internal import CYaml

/// What stands in a YAML file, piece by piece, as libyaml reads it (YAML 1.1). It nests at most 1,000 deep.
struct YAMLEvents: ~Copyable {
    /// Where a piece begins, from 1.
    struct Mark {
        var line: Int
        var column: Int
    }

    struct Event {
        enum Content {
            case alias(String)
            case scalar(String, isPlain: Bool)
            case sequence, mapping
            /// Of a list or a group.
            case end
            case document
            case endOfFile
        }

        var content: Content
        /// The name by which aliases mean it.
        var anchor: String?
        var mark: Mark
    }

    /// The file is not YAML.
    struct Failure: Error {
        var text: String
        var mark: Mark
        /// Whether it is no text to begin with: a byte that YAML does not allow.
        var isText: Bool
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        bytes = .allocate(capacity: text.utf8.count)
        _ = bytes.initialize(from: text.utf8)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    /// The next piece. After the end of the file there is nothing but that.
    mutating func next() throws(Failure) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { yaml_event_delete(&event) }
            guard let content = Self.content(of: event) else { continue }
            let mark = Mark(line: event.start_mark.line + 1, column: event.start_mark.column + 1)
            return Event(content: content, anchor: Self.anchor(of: event), mark: mark)
        }
    }

    /// - Returns: nil for what means nothing to us: beginnings of the stream, ends of documents.
    private static func content(of event: yaml_event_t) -> Event.Content? {
        switch event.type {
        case YAML_ALIAS_EVENT: .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            .scalar(
                String(decoding: UnsafeBufferPointer(
                    start: event.data.scalar.value, count: event.data.scalar.length), as: UTF8.self),
                isPlain: event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_SEQUENCE_START_EVENT: .sequence
        case YAML_MAPPING_START_EVENT: .mapping
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .end
        case YAML_DOCUMENT_START_EVENT: .document
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .endOfFile
        default: nil
        }
    }

    private static func anchor(of event: yaml_event_t) -> String? {
        switch event.type {
        case YAML_SCALAR_EVENT: text(event.data.scalar.anchor)
        case YAML_SEQUENCE_START_EVENT: text(event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT: text(event.data.mapping_start.anchor)
        default: nil
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    /// What libyaml says is wrong; never the text of the line, which may hold a secret.
    private func failure() -> Failure {
        let text = parser.pointee.problem.map { String(cString: $0) } ?? "no memory is left"
        guard parser.pointee.error != YAML_READER_ERROR else {
            let before = bytes.prefix(parser.pointee.problem_offset)
            let line = before.count { $0 == UInt8(ascii: "\n") }
            let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
            return Failure(text: text, mark: Mark(line: line + 1, column: column + 1), isText: false)
        }
        let mark = parser.pointee.problem_mark
        return Failure(text: text, mark: Mark(line: mark.line + 1, column: mark.column + 1), isText: true)
    }
}
