internal import Dispatch
internal import FlotillaCore
internal import Synchronization
internal import Testing

@testable internal import FlotillaSecurity

@Suite struct PasswordHasherTests {
    @Test("the vectors of RFC 7914, section 12", arguments: [
        ("password", "NaCl", 10, 8, 16, """
            fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830da\
            c727afb94a83ee6d8360cbdfa2cc0640
            """),
        ("pleaseletmein", "SodiumChloride", 14, 8, 1, """
            7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9\
            e61e85dc0d651e40dfcf017b45575887
            """),
    ])
    func vectors(password: String, salt: String, ln: Int, r: Int, p: Int, expected: String) throws {
        let hash = try PasswordHash.scrypt(
            Array(password.utf8), ScryptParameters(ln: ln, r: r, p: p), Array(salt.utf8), byteCount: 64)
        #expect(hash == bytes(hex: expected))
    }

    @Test("the empty password of RFC 7914")
    func emptyVector() throws {
        let hash = try PasswordHash.scrypt([], ScryptParameters(ln: 4, r: 1, p: 1), [], byteCount: 64)
        #expect(
            hash == bytes(hex: """
                77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17\
                e8d3e0fb2e0d3628cf35e20c38d18906
                """))
    }

    @Test("the right password matches, others do not", arguments: [true, false])
    func roundTrip(onThread: Bool) async throws {
        let hasher = PasswordHasher(
            world: .manual(), parameters: .cheap, execution: onThread ? .thread : .inline)
        let stored = try await hasher.hash(Secret("correct horse"))
        #expect(stored.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(!stored.contains("correct"))
        #expect(try await hasher.verify(Secret("correct horse"), against: stored))
        #expect(try await !hasher.verify(Secret("correct hors"), against: stored))
        #expect(try await !hasher.verify(Secret(""), against: stored))
        #expect(try await !hasher.verify(Secret("correct horse"), against: nil))
        #expect(try await hasher.hash(Secret("correct horse")) != stored)
        await hasher.shutdown()
    }

    @Test("the decoy matches nothing, not even the password that hashes to zeros")
    func decoyNeverMatches() async throws {
        let hasher = PasswordHasher(world: .manual(), parameters: .cheap, execution: .inline)
        for password in ["", "password", "\u{0}"] {
            #expect(try await !hasher.verify(Secret(password), against: nil))
        }
    }

    @Test("hashes made with other parameters are checked, and reported as due for renewal")
    func rehash() async throws {
        let old = PasswordHasher(world: .manual(), parameters: .cheap, execution: .inline)
        let new = PasswordHasher(
            world: .manual(), parameters: ScryptParameters(ln: 5, r: 8, p: 1), execution: .inline)
        let stored = try await old.hash(Secret("password"))
        #expect(try await new.verify(Secret("password"), against: stored))
        #expect(new.needsRehash(stored))
        #expect(!old.needsRehash(stored))
        #expect(old.needsRehash("$argon2id$whatever"))
    }

    @Test("stored hashes that are none, or ask for too much work, are refused", arguments: [
        "", "plain", "$argon2id$v=19$m=65536$c2FsdA$aGFzaA", "$scrypt$ln=31,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=20,r=32,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$scrypt$ln=4,r=8,p=1$$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$", "$scrypt$p=1,r=8,ln=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
    ])
    func badHashes(stored: String) async throws {
        let hasher = PasswordHasher(world: .manual(), parameters: .cheap, execution: .inline)
        let error = await #expect(throws: ServiceError.self) {
            try await hasher.verify(Secret("password"), against: stored)
        }
        #expect(error?.slug == "password-hash")
    }

    @Test("a password of more than 1,024 bytes is refused")
    func tooLong() async throws {
        let hasher = PasswordHasher(world: .manual(), parameters: .cheap, execution: .inline)
        let error = await #expect(throws: ServiceError.self) {
            try await hasher.hash(Secret(String(repeating: "é", count: 513)))
        }
        #expect(error?.slug == "password-too-long")
    }
}

@Suite struct WorkThreadTests {
    /// Holds the thread until told to go on.
    private final class Gate: Sendable {
        let entered = DispatchSemaphore(value: 0)
        let open = DispatchSemaphore(value: 0)
        func pass() {
            entered.signal()
            open.wait()
        }
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isRaised: Bool { value.withLock { $0 } }
        func raise() { value.withLock { $0 = true } }
    }

    @Test("a full queue refuses at once; what waits is refused at the end")
    func bounds() async throws {
        let thread = WorkThread(name: "test", queueMax: 1)
        let gate = Gate()
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await thread.run { gate.pass(); return "ran" } }
            await waitUntilEntered(gate)
            group.addTask {
                do { return try await thread.run { "waited" } } catch let error as ServiceError { return error.detail }
            }
            while thread.queueCount < 1 { await Task.yield() }
            let error = await #expect(throws: ServiceError.self) { try await thread.run { "third" } }
            #expect(error?.slug == "hashing-busy")
            #expect(error?.retryAfter == .seconds(2))
            group.addTask {
                await thread.shutdown()
                return "shut"
            }
            while thread.queueCount > 0 { await Task.yield() }
            gate.open.signal()
            var answers: [String] = []
            for try await answer in group { answers.append(answer) }
            #expect(answers.sorted() == ["The service is stopping; try again shortly.", "ran", "shut"])
        }
        await #expect(throws: ServiceError.self) { try await thread.run { "after the end" } }
        await thread.shutdown()
    }

    @Test("a cancelled call leaves the queue without having run")
    func cancellation() async throws {
        let thread = WorkThread(name: "test", queueMax: 4)
        let gate = Gate()
        let ran = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await thread.run { gate.pass() } }
            await waitUntilEntered(gate)
            await withTaskGroup(of: Bool.self) { inner in
                inner.addTask {
                    do {
                        try await thread.run { ran.raise() }
                        return false
                    } catch { return error is CancellationError }
                }
                while thread.queueCount < 1 { await Task.yield() }
                inner.cancelAll()
                for await wasCancelled in inner { #expect(wasCancelled) }
            }
            gate.open.signal()
            try await group.waitForAll()
        }
        await thread.shutdown()
        #expect(!ran.isRaised)
    }

    @Test("errors of the work come back; dropping the thread lets it end")
    func errorsAndEnd() async throws {
        let thread = WorkThread(name: "test", queueMax: 4)
        let error = await #expect(throws: ServiceError.self) {
            try await thread.run { throw ServiceError.notFound("thing") }
        }
        #expect(error?.slug == "not-found")
    }

    private func waitUntilEntered(_ gate: Gate) async {
        while gate.entered.wait(timeout: .now()) == .timedOut { await Task.yield() }
    }
}
