public import FlotillaCore

/// An error a route is known to answer with, for its documentation.
public struct KnownProblem: Sendable, Hashable {
    /// Decides the status.
    public var kind: ErrorKind
    /// Stable, kebab-case.
    public var slug: String
    /// When it happens, and what to do.
    public var summary: String

    public init(_ kind: ErrorKind, _ slug: String, _ summary: String = "") {
        self.kind = kind
        self.slug = slug
        self.summary = summary
    }
}
