internal import FlotillaConfiguration
internal import FlotillaCore

/// One answer made of several (API composition; Richardson, "Microservices Patterns", chapter 7): which parts there
/// are, who is asked for each, and what each needs of the others.
///
/// Plain data, checked when it is read: every reference leads somewhere and no part needs itself. Made by
/// ``init(from:captures:upstreams:)``, carried out by ``Composer``.
public struct CompositionPlan: Sendable {
    /// One part of the answer.
    struct Part: Sendable {
        var name: String
        /// Who is asked, by its name among the upstreams.
        var upstream: String
        var target: TargetTemplate
        /// One call for each element of a list; nil: one call.
        var each: Each?
        /// What of the answer is the part; nil: all of it.
        var pick: ValuePath?
        /// Whether there is an answer without it.
        var isOptional: Bool
        /// How long one call may take.
        var timeout: Duration
        /// The parts that have to be there before, by their places; each is before this one in ``order``.
        var needs: [Int] = []
    }

    /// One call for each element of a list.
    struct Each: Sendable {
        /// The list.
        var source: ValueReference
        /// How many elements are asked for at most.
        var limit: Int
        /// How many of the calls are under way at once.
        var parallel: Int
    }

    /// A field of the answer.
    struct Field: Sendable {
        var name: String
        var value: ValueReference
    }

    /// How deep, how long and how many: bounds that a plan cannot leave.
    enum Bounds {
        static let parts = 1...32
        static let timeout: ClosedRange<Duration> = .milliseconds(1)...(.seconds(60))
        static let elements = 1...200
        static let parallel = 1...64
        static let bytes = 1_024...(64 << 20)
    }

    /// In the order in which they stand.
    var parts: [Part]
    /// The places of the parts, each after all that it needs.
    var order: [Int]
    /// What the answer looks like; nil: the parts by their names.
    var shape: [Field]?
    /// How many calls are under way at once.
    var parallelMax: Int
    /// How long the answers to all calls of one composition may be together.
    var bytesMax: Int

    /// Who is asked, each once, by name in their order.
    public var upstreams: [String] { Set(parts.map(\.upstream)).sorted() }
}
