public import FlotillaConfiguration
internal import FlotillaCore

extension CompositionPlan {
    /// Reads a plan like this one:
    /// ```yaml
    /// compose:
    ///   parts:
    ///     order:    { get: "orders/api/v1/orders/{id}" }
    ///     user:     { get: "users/api/v1/users/{order.userId}", optional: true, timeout: 500ms }
    ///     products: { get: "catalog/api/v1/products/{item.productId}", each: order.items, limit: 50, optional: true }
    ///     payment:  { get: "payments/api/v1/payments?orderId={id}", pick: items.-1, optional: true }
    /// ```
    /// Parts that need nothing of each other are asked side by side. What is wrong, a circle of needs included, is
    /// told with its place.
    ///
    /// - Parameters:
    ///   - captures: the placeholders of the route's path.
    ///   - upstreams: the names that may be asked.
    public init(from fields: inout YAMLFields, captures: [String], upstreams: [String]) {
        // Names and needs have to be known before a part can be told what is wrong with it.
        var scout = fields
        let names = scout.named(Self.partsKey, Self.partsAbout) { _ in }.map(\.name)
        let scope = Scope(captures: captures, parts: names, upstreams: upstreams)
        let drafts = scout.named(Self.partsKey, Self.partsAbout) { Self.part(&$0, scope) }
        let order = PartOrder(drafts.map { $0.value?.needs ?? [] })

        parallelMax = fields.int(
            "parallel", in: Bounds.parallel, default: 16, "Calls of one composition that are under way at once.")
        bytesMax = fields.int(
            "bytesMax", in: Bounds.bytes, default: 4 << 20, "How long all answers together may be.")
        var index = -1
        let read = fields.named(Self.partsKey, Self.partsAbout) { fields in
            index += 1
            let part = Self.part(&fields, scope)
            if let circle = order.circle(through: index) {
                let way = circle.map { names[$0] }.joined(separator: " → ")
                fields.problem(value: way, "goes round in a circle", allowed: "parts that do not need themselves")
            } else {
                Self.checkNeeds(part, drafts.map(\.value), &fields)
            }
            return part
        }
        if !fields.isDescribing, !Bounds.parts.contains(names.count) {
            fields.problem(
                at: Self.partsKey, value: "\(names.count)", "is not a number of parts",
                allowed: "\(Bounds.parts.lowerBound) to \(Bounds.parts.upperBound) parts")
        }
        self.parts = read.compactMap { named in
            var part = named.value
            part?.name = named.name
            return part
        }
        self.order = order.places
        shape = Self.shape(&fields, scope)
    }

    private static let partsKey = "parts"
    private static let partsAbout = "What the answer is made of, each part by its name."

    /// What can be spoken of.
    private struct Scope {
        var captures: [String]
        var parts: [String]
        var upstreams: [String]

        func names(hasItem: Bool) -> ValueReference.Names {
            ValueReference.Names(captures: captures, parts: parts, hasItem: hasItem)
        }
    }

    private static func part(_ fields: inout YAMLFields, _ scope: Scope) -> Part? {
        let get = fields.optionalText("get", "Who is asked for what: UPSTREAM/PATH, with references in braces.")
        let list = fields.optionalText("each", "One call for each element of this list; {item} is the element.")
        let limit = fields.int("limit", in: Bounds.elements, default: 50, "Elements that are asked for, at most.")
        let parallel = fields.int(
            "parallel", in: Bounds.parallel, default: 8, "Calls for elements that are under way at once.")
        let pick = fields.optionalText("pick", "What of the answer is the part: items.-1 is the last of its items.")
        let isOptional = fields.bool(
            "optional", default: false, "Whether the answer goes without it, and names it in partial.")
        let timeout = fields.duration("timeout", in: Bounds.timeout, default: .seconds(2), "How long a call may take.")
        let after = fields.texts("after", count: 0...Bounds.parts.upperBound, "Parts that have to be there before.")
        guard !fields.isDescribing else { return nil }

        let name = fields.path.split(separator: ".").last.map(String.init) ?? ""
        if ValueReference.reserved.contains(name) || scope.captures.contains(name) {
            fields.problem(
                value: name, "is the name of something else", allowed: "another name for the part")
        }
        guard let get else {
            fields.problem(at: "get", "is not set", allowed: "UPSTREAM/PATH")
            return nil
        }
        let upstream = String(get.prefix { $0 != "/" })
        if !scope.upstreams.contains(upstream) {
            let hint = ConfigurationProblem.suggestion(for: upstream, among: scope.upstreams)
            fields.problem(
                at: "get", value: upstream, "is no upstream" + hint,
                allowed: scope.upstreams.sorted().joined(separator: ", "))
        }
        let each = list.flatMap { list -> Each? in
            reference(list, "each", &fields, scope.names(hasItem: false))
                .map { Each(source: $0, limit: limit, parallel: parallel) }
        }
        let picked = pick.flatMap { pick -> ValuePath? in
            let path = ValuePath(pick)
            if path == nil { fields.problem(at: "pick", value: pick, "is no way into JSON", allowed: "items.0.id") }
            return path
        }
        do throws(ReferenceError) {
            let target = try TargetTemplate(
                get.dropFirst(upstream.count), among: scope.names(hasItem: list != nil))
            var part = Part(
                name: name, upstream: upstream, target: target, each: each, pick: picked, isOptional: isOptional,
                timeout: timeout)
            part.needs = needs(of: part, after: after, &fields, scope)
            return part
        } catch {
            Self.report(error, at: "get", get, &fields)
            return nil
        }
    }

    private static func needs(
        of part: Part, after: [String], _ fields: inout YAMLFields, _ scope: Scope
    ) -> [Int] {
        var needs = Set(part.target.references.compactMap(\.part))
        if let source = part.each?.source.part { needs.insert(source) }
        for name in after {
            if let index = scope.parts.firstIndex(of: name) {
                needs.insert(index)
            } else {
                let hint = ConfigurationProblem.suggestion(for: name, among: scope.parts)
                fields.problem(
                    at: "after", value: name, "is no part" + hint, allowed: scope.parts.joined(separator: ", "))
            }
        }
        return needs.sorted()
    }

    private static func checkNeeds(_ part: Part?, _ parts: [Part?], _ fields: inout YAMLFields) {
        guard let part, !part.isOptional else { return }
        for need in part.needs where parts.indices.contains(need) && parts[need]?.isOptional == true {
            fields.problem(
                value: parts[need]?.name, "is optional, but this part is not and needs it",
                allowed: "optional: true here too, or a part that is required there")
        }
    }

    private static func shape(_ fields: inout YAMLFields, _ scope: Scope) -> [Field]? {
        let named = fields.named("shape", "The fields of the answer; the parts by their names when it is not there.") {
            fields -> ValueReference? in
            let text = fields.optionalText("from", "What it is: order.total, or a placeholder of the path.")
            guard !fields.isDescribing else { return nil }
            guard let text else {
                fields.problem(at: "from", "is not set", allowed: "PART.NAME")
                return nil
            }
            return reference(text, "from", &fields, scope.names(hasItem: false))
        }
        guard !named.isEmpty else { return nil }
        return named.compactMap { named in named.value.map { Field(name: named.name, value: $0) } }
    }

    private static func reference(
        _ text: String, _ key: String, _ fields: inout YAMLFields, _ names: ValueReference.Names
    ) -> ValueReference? {
        do throws(ReferenceError) {
            return try ValueReference(text, among: names)
        } catch {
            report(error, at: key, text, &fields)
            return nil
        }
    }

    private static func report(_ error: ReferenceError, at key: String, _ text: String, _ fields: inout YAMLFields) {
        var allowed = "UPSTREAM/PATH with {PART.NAME} or {PLACEHOLDER} in it"
        if let known = error.known {
            let words = known.captures + known.parts + ["query.NAME", "caller.id"] + (known.hasItem ? ["item"] : [])
            allowed = words.joined(separator: ", ")
        }
        fields.problem(at: key, value: text, error.reason, allowed: allowed)
    }
}
