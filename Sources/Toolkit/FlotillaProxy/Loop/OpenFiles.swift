#if os(Linux)
    internal import Glibc

    /// How many files, and so sockets, the process may have open.
    enum OpenFiles {
        /// Takes all the system allows. The limit a shell sets, often 1,024, is for programs that use select(2), which
        /// knows no others; nothing here does.
        static func raiseLimit() {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
                limit.rlim_cur < limit.rlim_max
            else { return }
            limit.rlim_cur = limit.rlim_max
            // Refused, the limit stays as it was, and connections that find no room wait.
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
    }
#endif
