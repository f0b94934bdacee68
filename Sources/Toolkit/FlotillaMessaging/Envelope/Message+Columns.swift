internal import FlotillaCore
internal import FlotillaStorage

/// How an envelope lies in the tables that keep messages: the same columns, in the same order, in each.
enum MessageColumns {
    static let ddl = """
        id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL, time INTEGER NOT NULL,
        data {blob} NOT NULL, traceparent TEXT NOT NULL, correlation TEXT NOT NULL, cause TEXT NOT NULL,
        saga TEXT NOT NULL
        """
}

extension Message {
    /// Reads the columns of ``MessageColumns`` from `first` on.
    convenience init(_ row: Row, from first: Int) {
        self.init(
            id: row.text(first), source: row.text(first + 1), type: row.text(first + 2),
            subject: row.text(first + 3), time: row.timestamp(first + 4), data: row.bytes(first + 5),
            traceparent: row.text(first + 6), correlationID: row.text(first + 7),
            causationID: row.text(first + 8), saga: row.text(first + 9))
    }
}
