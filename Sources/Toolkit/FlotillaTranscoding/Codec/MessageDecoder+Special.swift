internal import FlotillaHTTP

extension MessageDecoder {
    /// A message whose JSON is not an object of its fields.
    mutating func special(
        _ special: SpecialType, _ range: Range<Int>, _ type: MessageType, _ json: inout JSONWriter, depth: Int
    ) throws {
        switch special {
        case .timestamp:
            guard let text = try time(range).timestampText else { throw WireError(reason: "a time is out of range") }
            json.value(text)
        case .duration:
            guard let text = try time(range).durationText else { throw WireError(reason: "a duration is out of range") }
            json.value(text)
        case .wrapper: try wrapper(range, type.fields[0].kind, &json, depth: depth)
        case .fieldMask: try fieldMask(range, &json)
        case .structure: try structure(range, &json, depth: depth)
        case .value: try anything(range, &json, depth: depth)
        case .listValue: try list(range, &json, depth: depth)
        case .any: try any(range, &json, depth: depth)
        }
    }

    /// Calls `body` with each field: its number, the raw number, where its content stands.
    private func each(
        _ range: Range<Int>, _ body: (_ number: Int32, _ raw: UInt64, _ content: Range<Int>?) throws -> Void
    ) throws {
        var reader = WireReader(bytes, in: range)
        while !reader.isAtEnd {
            let tag = try reader.tag()
            switch tag.type {
            case .varint: try body(tag.number, try reader.varint(), nil)
            case .eightBytes: try body(tag.number, try reader.eightBytes(), nil)
            case .fourBytes: try body(tag.number, UInt64(try reader.fourBytes()), nil)
            case .length: try body(tag.number, 0, try reader.piece())
            case .groupStart, .groupEnd: try reader.skip(tag.type, number: tag.number)
            }
        }
    }

    private func time(_ range: Range<Int>) throws -> ProtoTime {
        var time = ProtoTime(seconds: 0, nanos: 0)
        try each(range) { number, raw, content in
            guard content == nil else { return }
            if number == 1 { time.seconds = Int64(bitPattern: raw) }
            if number == 2 { time.nanos = Int32(truncatingIfNeeded: raw) }
        }
        return time
    }

    private mutating func wrapper(
        _ range: Range<Int>, _ kind: FieldKind, _ json: inout JSONWriter, depth: Int
    ) throws {
        var value: (raw: UInt64, content: Range<Int>) = (0, 0..<0)
        let isPiece = kind.wireType == .length
        try each(range) { number, raw, content in
            if number == 1, (content != nil) == isPiece { value = (raw, content ?? 0..<0) }
        }
        try self.value(value.raw, value.content, kind, &json, depth: depth)
    }

    private func fieldMask(_ range: Range<Int>, _ json: inout JSONWriter) throws {
        var paths: [String] = []
        try each(range) { number, _, content in
            guard number == 1, let content else { return }
            paths.append(SchemaBuilder.jsonName(of: try WireReader(bytes).text(content)))
        }
        json.value(paths.joined(separator: ","))
    }

    // MARK: JSON in a message

    private mutating func structure(_ range: Range<Int>, _ json: inout JSONWriter, depth: Int) throws {
        var entries: [(name: String, content: Range<Int>)] = []
        var places: [String: Int] = [:]
        try each(range) { number, _, content in
            guard number == 1, let content else { return }
            var entry = (name: "", content: 0..<0)
            try each(content) { number, _, content in
                guard let content else { return }
                if number == 1 { entry.name = try WireReader(bytes).text(content) }
                if number == 2 { entry.content = content }
            }
            if let place = places[entry.name] {
                entries[place] = entry
            } else {
                places[entry.name] = entries.count
                entries.append(entry)
            }
        }
        try json.object { json in
            for entry in entries {
                json.name(entry.name)
                try anything(entry.content, &json, depth: depth + 1)
            }
        }
    }

    private mutating func list(_ range: Range<Int>, _ json: inout JSONWriter, depth: Int) throws {
        var elements: [Range<Int>] = []
        try each(range) { number, _, content in
            if number == 1, let content { elements.append(content) }
        }
        try json.array { json in
            for element in elements { try anything(element, &json, depth: depth + 1) }
        }
    }

    /// A `google.protobuf.Value`: the last of its fields; null when it has none.
    private mutating func anything(_ range: Range<Int>, _ json: inout JSONWriter, depth: Int) throws {
        guard depth < WireReader.depthMax else { throw WireError.tooDeep }
        var last: (number: Int32, raw: UInt64, content: Range<Int>?) = (1, 0, nil)
        try each(range) { number, raw, content in
            let isPiece = number == 3 || number == 5 || number == 6
            if (1...6).contains(number), (content != nil) == isPiece { last = (number, raw, content) }
        }
        let content = last.content ?? 0..<0
        switch last.number {
        case 2: Self.write(Double(bitPattern: last.raw), Double(bitPattern: last.raw).description, &json)
        case 3: json.value(try WireReader(bytes).text(content))
        case 4: json.value(last.raw != 0)
        case 5: try structure(content, &json, depth: depth + 1)
        case 6: try list(content, &json, depth: depth + 1)
        default: json.null()
        }
    }

    private mutating func any(_ range: Range<Int>, _ json: inout JSONWriter, depth: Int) throws {
        var url = ""
        var content = 0..<0
        try each(range) { number, _, piece in
            guard let piece else { return }
            if number == 1 { url = try WireReader(bytes).text(piece) }
            if number == 2 { content = piece }
        }
        guard !url.isEmpty || !content.isEmpty else { return json.object { _ in } }
        let name = url.split(separator: "/").last.map(String.init) ?? ""
        guard let type = schema.message(named: name) else {
            throw WireError(reason: "the type \(name.prefix(200)) is not known here")
        }
        guard depth + 1 < WireReader.depthMax else { throw WireError.tooDeep }
        try json.object { json in
            json.field("@type", url)
            if type.special != nil {
                json.name("value")
                try message(content, type, &json, depth: depth + 1)
            } else {
                try members(content, type, &json, depth: depth + 1)
            }
        }
    }
}
