import CSQLiteRaw
import FlotillaCore
import FlotillaEventSourcing
import FlotillaStorage

/// Events appended by 64 writers at once, beside plain SQLite committing groups of the same size.
struct AppendBenchmark {
    private let count = 40_000
    private let writers = 64
    private let data = [UInt8](repeating: 7, count: 200)

    func run(into table: inout FigureTable) async throws {
        say("append: \(count) events of \(data.count) bytes, \(writers) writers")
        _ = try await ours()
        var ratios: [Double] = []
        var best = (ours: 0.0, raw: 0.0)
        for _ in 0..<3 {
            let (own, raw) = (try await ours(), try rawSQLite())
            ratios.append(own / raw)
            best = (max(best.ours, own), max(best.raw, raw))
        }
        let median = ratios.sorted()[1]
        let text = "\(Int(best.ours))/s, plain SQLite \(Int(best.raw))/s, ratio \((median * 100).rounded() / 100)"
        table.add("event appends per second, 64 writers", text, aim: "ratio 0.6")
    }

    private func ours() async throws -> Double {
        let folder = try ScratchFolder()
        let world = World.system()
        let database = try Database(
            path: folder.path + "/events.sqlite", migrations: [EventStore.migrations], world: world)
        let store = EventStore()
        let (share, data) = (count / writers, data)
        let start = Usage.now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    let stream = "stream-\(writer)"
                    for version in 0..<share {
                        let now = world.now
                        try await database.write { transaction in
                            try store.append(
                                [EventRecord(type: "thing-happened.v1", data: data)], to: stream, expected: version,
                                at: now, in: transaction)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let used = Usage.now().since(start)
        database.close()
        return Double(share * writers) / used.seconds
    }

    /// The same rows in the same table, by the C library alone: one thread, a commit for every 64.
    private func rawSQLite() throws -> Double {
        let folder = try ScratchFolder()
        var handle: OpaquePointer?
        sqlite3_open_v2(
            folder.path + "/raw.sqlite", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close_v2(handle) }
        func execute(_ sql: String) { precondition(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, sql) }
        execute(
            """
            PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY;
            PRAGMA wal_autocheckpoint=4000;
            CREATE TABLE events (
                position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, version INTEGER NOT NULL,
                type TEXT NOT NULL, data BLOB NOT NULL, at INTEGER NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL);
            CREATE UNIQUE INDEX events_by_stream ON events (stream, version);
            """)
        var insert: OpaquePointer?
        sqlite3_prepare_v3(
            handle,
            "INSERT INTO events (stream, version, type, data, at, cause, actor) VALUES (?1, ?2, ?3, ?4, ?5, '', '')",
            -1, UInt32(SQLITE_PREPARE_PERSISTENT), &insert, nil)
        defer { sqlite3_finalize(insert) }
        let streams = (0..<writers).map { "stream-\($0)" }
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let start = Usage.now()
        for version in 1...(count / writers) {
            execute("BEGIN IMMEDIATE")
            for stream in streams {
                sqlite3_bind_text(insert, 1, stream, -1, copied)
                sqlite3_bind_int64(insert, 2, Int64(version))
                sqlite3_bind_text(insert, 3, "thing-happened.v1", -1, copied)
                data.withUnsafeBytes { bytes in
                    _ = sqlite3_bind_blob(insert, 4, bytes.baseAddress, Int32(bytes.count), nil)
                    sqlite3_bind_int64(insert, 5, 1_767_225_600_000_000)
                    precondition(sqlite3_step(insert) == SQLITE_DONE)
                }
                sqlite3_reset(insert)
            }
            execute("COMMIT")
        }
        return Double(count / writers * writers) / Usage.now().since(start).seconds
    }
}
