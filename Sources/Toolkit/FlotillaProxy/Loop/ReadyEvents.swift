#if os(Linux)
    internal import CEpoll

    /// What epoll tells of a socket.
    struct ReadyEvents: OptionSet {
        let rawValue: UInt32

        static let readable = ReadyEvents(rawValue: EPOLLIN.rawValue)
        static let writable = ReadyEvents(rawValue: EPOLLOUT.rawValue)
        /// The other side sends nothing more; what it has sent may still wait to be read.
        static let inputEnded = ReadyEvents(rawValue: EPOLLRDHUP.rawValue)
        static let failed = ReadyEvents(rawValue: EPOLLERR.rawValue)
        /// Neither side sends anything more.
        static let hungUp = ReadyEvents(rawValue: EPOLLHUP.rawValue)
        /// Told once for every change, instead of as long as it is so.
        static let edge = ReadyEvents(rawValue: EPOLLET.rawValue)
        /// What a connection wants to know, registered once for its whole life.
        static let connection: ReadyEvents = [.readable, .writable, .inputEnded, .edge]
    }
#endif
