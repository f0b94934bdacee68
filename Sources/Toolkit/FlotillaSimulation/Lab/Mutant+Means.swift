public import FlotillaMessaging
public import FlotillaRuntime
public import FlotillaStorage

extension Mutant {
    /// A change of one statement: where `old` stands in it comes `new`.
    public struct Rewrite: Sendable {
        let service: String?
        let beginning: String
        let old: String
        let new: String

        /// - Parameters:
        ///   - beginning: how the statement starts; long enough to tell it from all others.
        ///   - old: what is replaced, wherever it stands in the statement.
        ///   - new: has to use the same parameters, since they are bound all the same.
        ///   - service: whose statement; nil: every service's.
        public init(_ beginning: String, _ old: String, _ new: String, in service: String? = nil) {
            self.service = service
            self.beginning = beginning
            self.old = old
            self.new = new
        }
    }

    /// What ``statement`` has to be so that the rewrites are applied.
    public static func rewriting(_ rewrites: Rewrite...) -> @Sendable (String, String) -> String {
        { service, sql in
            rewrites.reduce(sql) { sql, rewrite in
                guard rewrite.service ?? service == service, sql.hasPrefix(rewrite.beginning) else { return sql }
                return sql.replacing(rewrite.old, with: rewrite.new)
            }
        }
    }

    /// What ``service`` has to be so that one service is assembled otherwise.
    ///
    /// - Parameter name: whose; nil: every service's.
    public static func changing(
        _ name: String? = nil, _ change: @escaping MutatedService.Change
    ) -> @Sendable (any ServiceBlueprint) -> any ServiceBlueprint {
        { original in
            name ?? original.manifest.name == original.manifest.name ? MutatedService(original, change) : original
        }
    }

    /// What ``service`` has to be so that a handler does otherwise.
    ///
    /// - Parameters:
    ///   - type: of the messages it handles.
    ///   - body: gets the original handler as its last argument.
    public static func handling(
        _ type: String, in service: String,
        _ body: @escaping @Sendable (
            Transaction, Delivery, (Transaction, Delivery) throws -> [Outgoing]
        ) throws -> [Outgoing]
    ) -> @Sendable (any ServiceBlueprint) -> any ServiceBlueprint {
        changing(service) { parts, _ in
            parts.handlers = parts.handlers.map { $0.type == type ? $0.wrapped(body) : $0 }
        }
    }

    /// What ``service`` has to be so that a command is answered as if it had been carried out, which it was not.
    public static func onlyAnswering(
        _ type: String, in service: String
    ) -> @Sendable (any ServiceBlueprint) -> any ServiceBlueprint {
        handling(type, in: service) { transaction, delivery, original in
            try transaction.execute("SAVEPOINT undone")
            let answer = try original(transaction, delivery)
            try transaction.execute("ROLLBACK TO undone")
            try transaction.execute("RELEASE undone")
            // What comes after the answer tells others of what has not happened.
            return Array(answer.prefix(1))
        }
    }
}
