internal import FlotillaCore
internal import FlotillaStorage
internal import Testing

/// Values, rules and answers of statements.
extension DatabaseContract {
    private static let insertTyped: SQL =
        "INSERT INTO typed (whole, real, text, bytes, flag) VALUES (?1, ?2, ?3, ?4, ?5)"
    private static let selectTyped: SQL = "SELECT whole, real, text, bytes, flag FROM typed WHERE id = ?1"

    private static func write(
        _ database: Database, _ whole: Int64? = nil, _ real: Double? = nil, _ text: String? = nil,
        _ bytes: [UInt8]? = nil, _ flag: Bool? = nil
    ) async throws -> Int64 {
        try await database.write { transaction in
            try transaction.execute(insertTyped, whole, real, text, bytes, flag)
            return transaction.lastInsertedID
        }
    }

    private static func code(
        _ database: Database, _ body: @escaping @Sendable (Transaction) throws -> Int
    ) async -> StorageError.Code? {
        do {
            _ = try await database.write(body)
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    static let values: [ContractCase<DatabaseEngine>] = [
        ContractCase("whole numbers come back as they went in, to the ends of 64 bits") { engine in
            let database = try engine.open()
            for value in [0, 1, -1, .max, .min, 1 << 53 + 1] as [Int64] {
                let id = try await write(database, value)
                #expect(try await database.read { try $0.first(selectTyped, id) { $0.int64(0) } } == value)
            }
        },
        ContractCase("numbers with a fraction come back to the last bit") { engine in
            let database = try engine.open()
            let values: [Double] = [
                0, -0.0, 0.1, 1 / 3, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -.infinity,
            ]
            for value in values {
                let id = try await write(database, nil, value)
                let back = try await database.read { try $0.first(selectTyped, id) { $0.double(1) } }
                #expect(back == value)
            }
        },
        ContractCase("texts come back as they went in: empty, long, in every script, with any character") { engine in
            let database = try engine.open()
            let long = String(repeating: "naïve 😀 日本 ", count: 60_000)
            let odd = ["", " ", "'; DROP TABLE probe; --", "a\u{0}b", "e\u{301}", "👩‍🚀", "?1", "line\r\nline\t"]
            for value in odd + [long] {
                let id = try await write(database, nil, nil, value)
                let back = try await database.read {
                    try $0.first(selectTyped, id) { (text: $0.text(2), isNull: $0.isNull(2)) }
                }
                #expect(back.map { Array($0.text.utf8) } == Array(value.utf8))
                #expect(back?.isNull == false)
            }
        },
        ContractCase("bytes come back as they went in: none, one, a megabyte, all values") { engine in
            let database = try engine.open()
            let large = SeededRandom(seed: 7).bytes(1 << 20)
            for value in [[], [0], Array(0...255), large] as [[UInt8]] {
                let id = try await write(database, nil, nil, nil, value)
                let back = try await database.read {
                    try $0.first(selectTyped, id) { (bytes: $0.bytes(3), isNull: $0.isNull(3)) }
                }
                #expect(back?.bytes == value)
                #expect(back?.isNull == false)
            }
        },
        ContractCase("nothing is nothing, and not zero or empty") { engine in
            let database = try engine.open()
            let id = try await write(database)
            let row = try await database.read { transaction in
                try transaction.first(selectTyped, id) { row in
                    (
                        (0..<5).map { row.isNull($0) }, row.optionalInt(0), row.optionalText(2),
                        row.optionalTimestamp(0)
                    )
                }
            }
            #expect(row?.0 == Array(repeating: true, count: 5))
            #expect(row?.1 == nil)
            #expect(row?.2 == nil)
            #expect(row?.3 == nil)
        },
        ContractCase("flags and times come back as they went in") { engine in
            let database = try engine.open()
            for flag in [true, false] {
                let id = try await write(database, nil, nil, nil, nil, flag)
                #expect(try await database.read { try $0.first(selectTyped, id) { $0.bool(4) } } == flag)
            }
            let time = Timestamp(microseconds: 1_767_225_600_123_456)
            let id = try await database.write { transaction in
                try transaction.execute("INSERT INTO typed (whole) VALUES (?1)", time)
                return transaction.lastInsertedID
            }
            #expect(try await database.read { try $0.first(selectTyped, id) { $0.timestamp(0) } } == time)
        },
        ContractCase("a broken rule is told apart: doubled, otherwise against the schema, or a wrong statement") {
            engine in
            let database = try engine.open()
            try await database.write { transaction in
                try transaction.execute(Probe.insert, "a", 1)
                try transaction.execute("INSERT INTO child (probe, note) VALUES (?1, ?2)", "a", "x")
            }
            #expect(await code(database) { try $0.execute(Probe.insert, "a", 1) } == .notUnique)
            #expect(
                await code(database) { try $0.execute("INSERT INTO child (probe, note) VALUES (?1, ?2)", "a", "x") }
                    == .notUnique)
            #expect(await code(database) { try $0.execute(Probe.insert, "b", -1) } == .constraint)
            #expect(await code(database) { try $0.execute(Probe.insert, "b", Int?.none) } == .constraint)
            #expect(
                await code(database) { try $0.execute("INSERT INTO child (probe) VALUES (?1)", "nobody") }
                    == .constraint)
            #expect(await code(database) { try $0.execute("DELETE FROM probe WHERE name = ?1", "a") } == .constraint)
            #expect(await code(database) { try $0.execute("SELEKT 1") } == .statement)
            #expect(await code(database) { try $0.execute("DELETE FROM nowhere") } == .statement)
            // None of it was kept.
            #expect(try await Probe.names(in: database) == ["a"])
        },
        ContractCase("statements say what they did: rows changed, rows returned, the identity given") { engine in
            let database = try engine.open()
            try await database.write { transaction in
                for number in 0..<5 { try transaction.execute(Probe.insert, "n\(number)", number) }
                #expect(try transaction.execute("UPDATE probe SET number = 9 WHERE number < ?1", 3) == 3)
                #expect(try transaction.execute("DELETE FROM probe WHERE number = ?1", 100) == 0)
                let returned = try transaction.query("DELETE FROM probe WHERE number = ?1 RETURNING name", 4) {
                    $0.text(0)
                }
                #expect(returned == ["n4"])
                let upserted = try transaction.execute(
                    """
                    INSERT INTO probe (name, number) VALUES (?1, ?2)
                    ON CONFLICT (name) DO UPDATE SET number = excluded.number
                    """, "n0", 77)
                #expect(upserted == 1)
                #expect(try transaction.first(Probe.number, "n0") { $0.int(0) } == 77)
                #expect(try transaction.first(Probe.number, "nobody") { $0.int(0) } == nil)
                #expect(try transaction.exists(Probe.number, "n0"))
                #expect(try transaction.exists(Probe.number, "nobody") == false)
            }
        },
        ContractCase("identities grow and are never given twice, also after the last row was deleted") { engine in
            let database = try engine.open()
            var last: Int64 = 0
            for _ in 0..<3 {
                for _ in 0..<3 {
                    let id = try await write(database, 1)
                    #expect(id > last)
                    last = id
                }
                try await database.write { try $0.execute("DELETE FROM typed") }
            }
            database.close()
            let again = try engine.open()
            #expect(try await write(again, 1) > last)
        },
        ContractCase("an error in the middle of reading rows does not spoil the statement for the next use") { engine in
            let database = try engine.open()
            try await database.write { transaction in
                for number in 0..<3 { try transaction.execute(Probe.insert, "n\(number)", number) }
                #expect(throws: Deliberate.self) {
                    try transaction.query(Probe.names) { _ in throw Deliberate() }
                }
                #expect(try transaction.query(Probe.names) { $0.text(0) } == ["n0", "n1", "n2"])
            }
        },
    ]
}
