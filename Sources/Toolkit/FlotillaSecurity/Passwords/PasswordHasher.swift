public import FlotillaCore

/// Hashes passwords with scrypt (RFC 7914) and checks them, on a thread of its own.
///
/// A hash is meant to be slow. It must not be slow for those who do not sign in, so the work leaves the threads all
/// tasks share; and an avalanche of sign-ins must not pile up, so the queue is bounded.
public final class PasswordHasher: Sendable {
    /// Where the work is done.
    public enum Execution: Sendable {
        /// On a thread of the hasher's own; at most `queueMax` calls wait, more are answered with 503.
        case thread(queueMax: Int)
        /// On the caller's thread: for tests, where no other thread may run.
        case inline

        /// A thread of the hasher's own with room for 64 calls that wait: some seconds of work.
        public static let thread = Execution.thread(queueMax: 64)
    }

    /// The longest password taken, in bytes: more would only be work for an attacker to order.
    public static let passwordBytesMax = 1024

    private let random: any RandomSource
    private let parameters: ScryptParameters
    private let thread: WorkThread?
    /// What a password is compared with when there is no account: the same work, never a match.
    private let decoy: PasswordHash

    public init(world: World, parameters: ScryptParameters = .standard, execution: Execution = .thread) {
        random = world.random
        self.parameters = parameters
        decoy = PasswordHash(
            parameters: parameters, salt: [UInt8](repeating: 0, count: PasswordHash.saltBytes),
            hash: [UInt8](repeating: 0, count: PasswordHash.hashBytes))
        switch execution {
        case .thread(let queueMax): thread = WorkThread(name: "passwords", queueMax: queueMax)
        case .inline: thread = nil
        }
    }

    /// A salted hash of `password` as a PHC string, to be stored.
    ///
    /// - Throws: ``ServiceError`` `hashing-busy` (503) when too many wait; `password-too-long`; `CancellationError`.
    public func hash(_ password: Secret) async throws -> String {
        try Self.checkLength(password)
        let parameters = parameters
        let salt = random.bytes(PasswordHash.saltBytes)
        return try await perform { try PasswordHash(of: password, parameters: parameters, salt: salt).phc }
    }

    /// Whether `password` is the one that was hashed.
    ///
    /// With `stored` nil the answer is false after the same work, so that the time taken does not tell whether there
    /// is such an account.
    /// - Throws: like ``hash(_:)``; ``ServiceError`` `password-hash` when `stored` is not a hash of ours.
    public func verify(_ password: Secret, against stored: String?) async throws -> Bool {
        try Self.checkLength(password)
        guard let expected = stored.map(PasswordHash.init(phc:)) ?? decoy else {
            throw ServiceError(
                .internal, "password-hash",
                "A stored password hash cannot be read; the account needs a new password.")
        }
        let isMatch = try await perform {
            let actual = try PasswordHash.scrypt(
                Array(password.exposed.utf8), expected.parameters, expected.salt, byteCount: expected.hash.count)
            return isEqualInConstantTime(actual, expected.hash)
        }
        return isMatch && stored != nil
    }

    /// Whether `stored` was made with other parameters than today's: hash the password anew at the next sign-in.
    public func needsRehash(_ stored: String) -> Bool { PasswordHash(phc: stored)?.parameters != parameters }

    /// Refuses what waits and ends the thread; later calls are answered with 503. Safe to call more than once.
    public func shutdown() async { await thread?.shutdown() }

    private func perform<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        if let thread { try await thread.run(work) } else { try work() }
    }

    private static func checkLength(_ password: Secret) throws {
        guard password.exposed.utf8.count <= passwordBytesMax else {
            throw ServiceError(
                .invalid, "password-too-long", "A password has at most \(passwordBytesMax) bytes in UTF-8.")
        }
    }
}
