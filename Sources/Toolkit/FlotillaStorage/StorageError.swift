public import FlotillaCore

/// What a database refused or could not do.
public struct StorageError: DescribedError, CustomStringConvertible {
    /// The cases a caller can tell apart. A struct, so that cases can be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// A UNIQUE or PRIMARY KEY rule was broken.
        public static let notUnique = Code(name: "storage-not-unique")
        /// Another rule of the schema was broken (CHECK, NOT NULL, FOREIGN KEY).
        public static let constraint = Code(name: "storage-constraint")
        /// The disk or the database is full.
        public static let full = Code(name: "storage-full")
        /// The disk failed, or the file is damaged or not a database.
        public static let damaged = Code(name: "storage-damaged")
        /// Another process holds the file.
        public static let busy = Code(name: "storage-busy")
        /// The database was closed.
        public static let closed = Code(name: "storage-closed")
        /// Whoever asked has been cancelled meanwhile.
        static let interrupted = Code(name: "storage-interrupted")
        /// More writes are waiting than allowed.
        public static let queueFull = Code(name: "storage-queue-full")
        /// A statement is wrong: a defect of ours.
        public static let statement = Code(name: "storage-statement")
        /// A migration cannot be applied.
        public static let migration = Code(name: "storage-migration")

        public var slug: String { name }
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var kind: ErrorKind {
        switch code {
        case .notUnique: .conflict
        case .full, .busy, .closed, .queueFull: .unavailable
        default: .internal
        }
    }

    public var slug: String { code.slug }
    public var detail: String { message }
    public var retryAfter: Duration? { kind == .unavailable ? .seconds(1) : nil }
    public var description: String { "\(code.slug): \(message)" }
}
