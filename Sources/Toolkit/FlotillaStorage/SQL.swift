internal import Synchronization

/// A statement's text, known once, so that each connection finds its prepared form by an index.
///
/// Write it as a `static let` on hot paths; a literal in place costs one look-up in a table.
/// One dialect for every engine: numbered parameters (`?1`), `ON CONFLICT`, `RETURNING`; in DDL the
/// tokens `{blob}` and `{identity}` stand for what engines spell differently.
public struct SQL: Sendable, ExpressibleByStringLiteral {
    let index: Int
    let text: String

    private struct Registry {
        var indices: [String: Int] = [:]
    }

    private static let registry = Mutex(Registry())

    /// Registers `text` for the life of the process. For texts in the code, never for texts made from data.
    public init(_ text: StaticString) { self.init(registering: text.description) }

    public init(stringLiteral text: StaticString) { self.init(registering: text.description) }

    private init(registering text: String) {
        self.text = text
        self.index = Self.registry.withLock { registry in
            if let known = registry.indices[text] { return known }
            let index = registry.indices.count
            registry.indices[text] = index
            return index
        }
    }

    private init(oneOff text: String) {
        self.text = text
        self.index = -1
    }

    /// A text composed at run time, from parts in the code: prepared for one use and not kept.
    public static func composed(_ text: String) -> SQL { SQL(oneOff: text) }
}
