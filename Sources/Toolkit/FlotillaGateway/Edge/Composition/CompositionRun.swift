internal import FlotillaCore
internal import FlotillaHTTP

/// One composition under way: which calls are to be made now, and what comes of their answers.
///
/// A state machine without time, tasks or network: ask it for calls (``begin()``), make them, tell it how each ended
/// (``end(_:_:bytes:)``), until there is an ``outcome``.
struct CompositionRun {
    /// What references to the request mean.
    struct Inputs: Sendable {
        /// Placeholders of the route's path, decoded.
        var captures: [String: String]
        var query: Parameters
        /// The verified caller; nil: nobody.
        var callerID: String?
    }

    /// A call to make.
    struct Ask: Sendable, Hashable {
        /// The place of the part in the plan.
        var part: Int
        /// The place in the list of elements; 0 for a part that is one call.
        var element: Int
        var upstream: String
        /// Percent-encoded.
        var path: String
        /// Percent-encoded, without the `?`.
        var query: String
        var timeout: Duration
    }

    /// How it all ended.
    enum Outcome {
        /// The whole answer.
        case answer(JSONValue)
        /// A required part cannot be had.
        case failed(any Error)
    }

    private enum State {
        case waiting
        case asking(Asking)
        /// `isWhole` is false for a list that lacks elements.
        case done(JSONValue, isWhole: Bool)
        case failed(any Error)
    }

    /// A part some of whose calls have not ended.
    private struct Asking {
        /// Those not begun yet, the next at the end.
        var queue: [Ask]
        var underWay = 0
        /// By element; nil: not there.
        var found: [JSONValue?]
        var isWhole: Bool
    }

    private let plan: CompositionPlan
    private let inputs: Inputs
    private var states: [State]
    private var underWay = 0
    private var bytes = 0
    private var failure: (any Error)?

    init(_ plan: CompositionPlan, _ inputs: Inputs) {
        self.plan = plan
        self.inputs = inputs
        states = Array(repeating: .waiting, count: plan.parts.count)
    }

    /// Nil while calls are under way or to be made.
    var outcome: Outcome? {
        if let failure { return .failed(failure) }
        let isOver = states.allSatisfy { state in
            switch state {
            case .done, .failed: true
            case .waiting, .asking: false
            }
        }
        return isOver ? .answer(answer()) : nil
    }

    /// The calls to begin now, in the order of the parts; none when enough are under way, or it is over.
    mutating func begin() -> [Ask] {
        guard failure == nil else { return [] }
        for index in plan.order {
            guard case .waiting = states[index], plan.parts[index].needs.allSatisfy(isSettled) else { continue }
            prepare(index)
            if failure != nil { return [] }
        }
        var asks: [Ask] = []
        for index in plan.parts.indices {
            guard case .asking(var asking) = states[index] else { continue }
            let partMax = plan.parts[index].each?.parallel ?? 1
            while underWay < plan.parallelMax, asking.underWay < partMax, let ask = asking.queue.popLast() {
                asks.append(ask)
                asking.underWay += 1
                underWay += 1
            }
            states[index] = .asking(asking)
        }
        return asks
    }

    /// A call has ended.
    ///
    /// - Parameter bytes: how long its answer was.
    mutating func end(_ ask: Ask, _ result: Result<JSONValue, any Error>, bytes: Int = 0) {
        guard failure == nil, case .asking(var asking) = states[ask.part] else { return }
        let part = plan.parts[ask.part]
        underWay -= 1
        asking.underWay -= 1
        self.bytes += bytes
        switch picked(result, part) {
        case .success(let value): asking.found[ask.element] = value
        case .failure(let error):
            asking.isWhole = false
            guard part.isOptional, part.each != nil else {
                settle(ask.part, .failed(error))
                return
            }
        }
        let isOver = asking.underWay == 0 && asking.queue.isEmpty
        settle(ask.part, isOver ? Self.done(asking, part) : .asking(asking))
    }

    private func picked(
        _ result: Result<JSONValue, any Error>, _ part: CompositionPlan.Part
    ) -> Result<JSONValue, any Error> {
        if bytes > plan.bytesMax {
            return .failure(
                ServiceError(
                    .unavailable, "answer-too-long",
                    "The answers that \(part.name) is made of are longer than \(plan.bytesMax) bytes together."))
        }
        guard let pick = part.pick else { return result }
        // What is not there is nothing: there is no last payment of an order that has none.
        return result.map { pick.value(in: $0) ?? .null }
    }

    private static func done(_ asking: Asking, _ part: CompositionPlan.Part) -> State {
        let found = asking.found.compactMap(\.self)
        return .done(part.each == nil ? found.first ?? .null : .array(found), isWhole: asking.isWhole)
    }

    private func isSettled(_ index: Int) -> Bool {
        switch states[index] {
        case .done, .failed: true
        case .waiting, .asking: false
        }
    }

    private mutating func settle(_ index: Int, _ state: State) {
        states[index] = state
        if case .failed(let error) = state, !plan.parts[index].isOptional { failure = error }
    }

    // MARK: What a part needs

    private mutating func prepare(_ index: Int) {
        let part = plan.parts[index]
        do {
            var asking: Asking
            if let each = part.each {
                asking = try elements(of: part, each, index)
            } else {
                asking = Asking(queue: [try ask(part, index, 0, item: nil)], found: [nil], isWhole: true)
            }
            asking.queue.reverse()
            settle(index, asking.queue.isEmpty ? Self.done(asking, part) : .asking(asking))
        } catch {
            settle(index, .failed(error))
        }
    }

    /// One call for each element, but one only for elements that ask for the same.
    private func elements(
        of part: CompositionPlan.Part, _ each: CompositionPlan.Each, _ index: Int
    ) throws -> Asking {
        guard let list = try value(of: each.source, item: nil, for: part)?.array else {
            throw Self.missing("a list", for: part)
        }
        var asking = Asking(queue: [], found: [], isWhole: true)
        var targets: Set<String> = []
        for item in list {
            do {
                let ask = try ask(part, index, asking.queue.count, item: item)
                guard targets.insert("\(ask.path)?\(ask.query)").inserted else { continue }
                guard asking.queue.count < each.limit else {
                    guard part.isOptional else { throw Self.missing("at most \(each.limit) elements", for: part) }
                    asking.isWhole = false
                    break
                }
                asking.queue.append(ask)
            } catch {
                guard part.isOptional else { throw error }
                asking.isWhole = false
            }
        }
        asking.found = Array(repeating: nil, count: asking.queue.count)
        return asking
    }

    private func ask(
        _ part: CompositionPlan.Part, _ index: Int, _ element: Int, item: JSONValue?
    ) throws -> Ask {
        do {
            let target = try part.target.filled { reference, text in
                switch try value(of: reference, item: item, for: part) {
                case .string(let value): return value
                case .integer(let value): return String(value)
                case .bool(let value): return String(value)
                default: throw Self.missing(text, for: part)
                }
            }
            return Ask(
                part: index, element: element, upstream: part.upstream, path: target.path, query: target.query,
                timeout: part.timeout)
        } catch let error as UnfitValue {
            throw Self.missing("another value of \(error.reference)", for: part)
        }
    }

    /// - Returns: nil when there is none.
    private func value(
        of reference: ValueReference, item: JSONValue?, for part: CompositionPlan.Part
    ) throws -> JSONValue? {
        switch reference {
        case .capture(let name): return inputs.captures[name].map(JSONValue.string)
        case .query(let name): return .string(inputs.query[name] ?? "")
        case .item(let path): return item.flatMap(path.value)
        case .caller:
            guard let id = inputs.callerID else {
                throw ServiceError(.unauthenticated, "not-signed-in", "Sign in to see this.")
            }
            return .string(id)
        case .part(let index, let path):
            switch states[index] {
            case .done(let value, _): return path.value(in: value)
            case .failed(let error): throw error
            case .waiting, .asking: return nil
            }
        }
    }

    private static func missing(_ what: String, for part: CompositionPlan.Part) -> ServiceError {
        ServiceError(
            .unavailable, "unfit-answer",
            "\(part.name) cannot be asked for: it needs \(what), which the request and the other parts do not give.")
    }

    // MARK: The answer

    private func answer() -> JSONValue {
        var members: [JSONObject.Member] = []
        if let shape = plan.shape {
            for field in shape { members.append(.init(name: field.name, value: shown(field.value))) }
        } else {
            for (index, part) in plan.parts.enumerated() {
                members.append(.init(name: part.name, value: value(at: index)))
            }
        }
        let partial = plan.parts.indices.filter { !isWhole($0) }.map { JSONValue.string(plan.parts[$0].name) }
        members.append(.init(name: "partial", value: .array(partial)))
        return .object(JSONObject(members))
    }

    private func shown(_ reference: ValueReference) -> JSONValue {
        switch reference {
        case .part(let index, let path): path.value(in: value(at: index)) ?? .null
        case .capture(let name): inputs.captures[name].map(JSONValue.string) ?? .null
        case .query(let name): inputs.query[name].map(JSONValue.string) ?? .null
        case .caller: inputs.callerID.map(JSONValue.string) ?? .null
        case .item: .null
        }
    }

    /// A list that cannot be had is empty, anything else null.
    private func value(at index: Int) -> JSONValue {
        if case .done(let value, _) = states[index] { return value }
        return plan.parts[index].each == nil ? .null : .array([])
    }

    private func isWhole(_ index: Int) -> Bool {
        if case .done(_, let isWhole) = states[index] { isWhole } else { false }
    }
}
