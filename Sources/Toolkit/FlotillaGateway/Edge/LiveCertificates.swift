#if os(Linux)
    internal import FlotillaConfiguration
    internal import FlotillaCore
    internal import FlotillaProxy
    internal import Synchronization

    /// The certificates a gateway shows, and their files: what renews certificates replaces files, and nobody should
    /// have to start anything again for it. Callable from any thread.
    final class LiveCertificates: Sendable {
        private struct Looked {
            var known: [FileStamp?]
            var before: [FileStamp?]
        }

        let context: TLSContext
        private let files: [String]
        private let looked: Mutex<Looked>

        /// - Throws: ``ServiceError`` `tls-certificate` when a file cannot be read, or the key is another's.
        init(_ plan: TLSPlan) throws(ServiceError) {
            files = plan.files
            let stamps = plan.files.map { FileStamp($0) }
            looked = Mutex(Looked(known: stamps, before: stamps))
            context = try TLSContext(
                TLSSettings(
                    certificate: plan.certificate, key: plan.key,
                    clients: plan.clients.map { TLSSettings.Clients(authority: $0.authority, required: $0.required) },
                    minimum: plan.minimum == .tls12 ? .tls12 : .tls13))
        }

        /// Takes over files that have changed, once they have not changed since the last look: certificate and key are
        /// two files, and one without the other is none.
        ///
        /// - Returns: whether there was something new.
        /// - Throws: ``ServiceError`` `tls-certificate`, once for each change; what was shown is shown on.
        func look() throws(ServiceError) -> Bool {
            let now = files.map { FileStamp($0) }
            let isNew = looked.withLock { looked in
                defer { looked.before = now }
                guard now != looked.known, now == looked.before else { return false }
                looked.known = now
                return true
            }
            if isNew { try context.reload() }
            return isNew
        }
    }
#endif
