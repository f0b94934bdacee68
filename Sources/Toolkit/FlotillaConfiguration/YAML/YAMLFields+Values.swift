extension YAMLFields {
    /// A whole number.
    public mutating func int(_ key: String, in range: ClosedRange<Int>, default value: Int, _ about: String) -> Int {
        guard case .int(let found) = ask(key, .int(range), default: String(value), about) else { return value }
        return found
    }

    /// A number.
    public mutating func double(
        _ key: String, in range: ClosedRange<Double>, default value: Double, _ about: String
    ) -> Double {
        guard case .double(let found) = ask(key, .double(range), default: "\(value)", about) else { return value }
        return found
    }

    /// True or false.
    public mutating func bool(_ key: String, default value: Bool, _ about: String) -> Bool {
        guard case .bool(let found) = ask(key, .bool, default: String(value), about) else { return value }
        return found
    }

    /// A duration, such as `500ms`.
    public mutating func duration(
        _ key: String, in range: ClosedRange<Duration>, default value: Duration, _ about: String
    ) -> Duration {
        optionalDuration(key, in: range, usually: value, about) ?? value
    }

    /// A duration that may be missing.
    ///
    /// - Parameter usual: what holds then, for the description; nil: nothing.
    public mutating func optionalDuration(
        _ key: String, in range: ClosedRange<Duration>, usually usual: Duration? = nil, _ about: String
    ) -> Duration? {
        let text = usual.map(DurationText.format)
        guard case .duration(let found) = ask(key, .duration(range), default: text, about) else { return nil }
        return found
    }

    /// A whole number that may be missing.
    public mutating func optionalInt(_ key: String, in range: ClosedRange<Int>, _ about: String) -> Int? {
        guard case .int(let found) = ask(key, .int(range), default: nil, about) else { return nil }
        return found
    }

    /// Text of 1 to 200 bytes that may be missing.
    public mutating func optionalText(_ key: String, _ about: String) -> String? {
        guard case .string(let found) = ask(key, .string(bytes: 1...200), default: nil, about) else { return nil }
        return found
    }

    /// One of a few words: the raw values of a type.
    public mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, default value: Value, _ about: String
    ) -> Value where Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue)
        guard case .string(let found) = ask(key, .choice(words), default: value.rawValue, about) else { return value }
        return Value(rawValue: found) ?? value
    }

    /// A share of a whole, `20%` or `0.2`.
    public mutating func share(
        _ key: String, in range: ClosedRange<Double> = 0.001...1, default value: Double, _ about: String
    ) -> Double {
        optionalShare(key, in: range, usually: value, about) ?? value
    }

    /// A share that may be missing.
    public mutating func optionalShare(
        _ key: String, in range: ClosedRange<Double> = 0.001...1, usually usual: Double? = nil, _ about: String
    ) -> Double? {
        let shape = YAMLShape.share(range)
        guard let entry = look(key, shape, about, default: usual.map(YAMLShape.percent)) else { return nil }
        guard case .scalar(let text, _) = entry.value.content else {
            wrong(entry, "is \(entry.value.kind) where a share is meant", shape.allowed)
            return nil
        }
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? text.dropLast() : text[...]), number.isFinite else {
            wrong(entry, "is not a share", "\(shape.allowed), or a number such as 0.2")
            return nil
        }
        let share = isPercent ? number / 100 : number
        guard range.contains(share) else {
            wrong(entry, "is out of range", shape.allowed)
            return nil
        }
        note(key, YAMLShape.percent(share), entry.value.origin)
        return share
    }

    // MARK: Groups

    /// A group of keys, asked by `body` whether it is there or not.
    public mutating func group<Value>(
        _ key: String, _ about: String, _ body: (inout YAMLFields) -> Value
    ) -> Value {
        var empty = isDescribing ? YAMLFields.describing() : YAMLFields([], path: pathOf(key), origin: origin)
        let usual = body(&empty)
        let shape = isDescribing ? empty.shape : .group([])
        guard let entry = look(key, shape, about, default: nil), let found = inner(entry.value, key: key, body) else {
            note(empty.settings, below: key)
            return usual
        }
        note(found.settings, below: key)
        return found.value
    }

    /// A group of keys that may be missing; nil then.
    public mutating func optionalGroup<Value>(
        _ key: String, _ about: String, _ body: (inout YAMLFields) -> Value
    ) -> Value? {
        let shape = isDescribing ? YAMLReader.shape(of: body) : .group([])
        guard let entry = look(key, shape, about, default: nil), let found = inner(entry.value, key: key, body) else {
            return nil
        }
        note(found.settings, below: key)
        return found.value
    }

    /// A section of named groups, in the order of the file.
    public mutating func named<Value>(
        _ key: String, _ about: String, _ body: (inout YAMLFields) -> Value
    ) -> [YAMLNamed<Value>] {
        var shape = YAMLShape.group([])
        if isDescribing { shape = YAMLReader.shape(of: body) }
        var all: [YAMLNamed<Value>] = []
        for entry in entries(key, about, shape) {
            guard let found = inner(entry.value, key: "\(key).\(entry.key)", body) else { continue }
            all.append(
                YAMLNamed(name: entry.key, origin: entry.origin, value: found.value, settings: found.settings))
        }
        return all
    }

    /// A section of named durations.
    public mutating func namedDurations(
        _ key: String, in range: ClosedRange<Duration>, _ about: String
    ) -> [YAMLNamed<Duration>] {
        let type = ConfigurationType.duration(range)
        var all: [YAMLNamed<Duration>] = []
        for entry in entries(key, about, .value(type)) {
            guard case .duration(let value) = parse(entry.value, key: "\(key).\(entry.key)", type) else { continue }
            let setting = Setting(key: "", text: DurationText.format(value), origin: entry.value.origin)
            all.append(YAMLNamed(name: entry.key, origin: entry.origin, value: value, settings: [setting]))
        }
        return all
    }

    /// A section of keys of any look, each with the name of something.
    ///
    /// - Parameter section: where the names are from.
    public mutating func attachments(_ key: String, of section: String, _ about: String) -> [YAMLNamed<String>] {
        let shape = YAMLShape.name(of: section)
        var all: [YAMLNamed<String>] = []
        for entry in entries(key, about, shape, keys: "^.{1,200}$") {
            guard case .scalar(let text, _) = entry.value.content else {
                wrong(entry.value, key: "\(key).\(entry.key)", "is \(entry.value.kind)", shape.allowed)
                continue
            }
            let setting = Setting(key: "", text: text, origin: entry.value.origin)
            all.append(YAMLNamed(name: entry.key, origin: entry.origin, value: text, settings: [setting]))
        }
        return all
    }

    /// One of several forms: a single value, a name of a section, or a group of keys; nil when it is missing.
    ///
    /// - Parameters:
    ///   - type: what a single value may be that is not a name.
    ///   - section: where names are from.
    ///   - body: asks the group; nil: there is no such form.
    public mutating func form<Value>(
        _ key: String, _ type: ConfigurationType, orNameOf section: String, _ about: String,
        orGroup body: ((inout YAMLFields) -> Value)?
    ) -> YAMLForm<Value>? {
        var shapes: [YAMLShape] = [.value(type), .name(of: section)]
        if isDescribing, let body { shapes.append(YAMLReader.shape(of: body)) }
        guard let entry = look(key, .either(shapes), about, default: nil) else { return nil }
        let origin = entry.value.origin
        if case .mapping = entry.value.content, let body {
            guard let found = inner(entry.value, key: key, body) else { return nil }
            return .group(found.value, settings: found.settings, origin: origin)
        }
        guard case .scalar(let text, _) = entry.value.content else {
            wrong(entry, "is \(entry.value.kind)", YAMLShape.either(shapes).allowed)
            return nil
        }
        if Self.isName(text), !type.has(word: text) { return .name(text, origin: origin) }
        return parse(entry.value, key: key, type).map { .value($0, origin: origin) }
    }

    // MARK: Pieces

    private mutating func ask(
        _ key: String, _ type: ConfigurationType, default text: String?, _ about: String
    ) -> ConfigurationValue? {
        guard let entry = look(key, .value(type), about, default: text) else { return nil }
        guard let value = parse(entry.value, key: key, type) else { return nil }
        note(key, value.text, entry.value.origin)
        return value
    }

    private mutating func parse(_ node: YAMLNode, key: String, _ type: ConfigurationType) -> ConfigurationValue? {
        guard case .scalar(let text, let isPlain) = node.content else {
            wrong(node, key: key, "is \(node.kind) where one value is meant", type.allowed)
            return nil
        }
        if !isPlain, type.isNumberOrBool {
            wrong(node, key: key, "is text, by its quotes", type.allowed)
            return nil
        }
        do {
            return try type.parse(.text(text))
        } catch {
            var hint = ""
            if case .choice(let words) = type { hint = ConfigurationProblem.suggestion(for: text, among: words) }
            wrong(node, key: key, error.message + hint, type.allowed)
            return nil
        }
    }

    mutating func entries(
        _ key: String, _ about: String, _ shape: YAMLShape, keys: String = namePattern
    ) -> [YAMLNode.Entry] {
        let whole = YAMLShape.named(shape, keys: keys)
        guard let entry = look(key, whole, about, default: nil, mayBeEmpty: true) else { return [] }
        guard case .mapping(let entries) = entry.value.content else {
            wrong(entry, "is \(entry.value.kind) where names with values are meant", whole.allowed)
            return []
        }
        guard keys == Self.namePattern else { return entries }
        for inner in entries where !Self.isName(inner.key) {
            wrong(
                YAMLNode(content: .null, origin: inner.origin), key: "\(key).\(inner.key)", "is not a name",
                "a small letter, then letters, digits and hyphens, 64 in all")
        }
        return entries.filter { Self.isName($0.key) }
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 97...122, 65...90, 48...57, UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
