/// What a connection of HTTP/2 puts up with, besides ``ConnectionLimits``.
enum HTTP2Limits {
    /// Requests under way at once, on one connection.
    static let streamsMax: UInt32 = 100
    /// How much of a request's body may come that nobody has taken yet; of all bodies of a connection together below.
    /// That is all the memory their bodies take, for no more is allowed to the client until it is taken.
    static let streamWindow: UInt32 = 256 << 10
    static let connectionWindow: Int32 = 1 << 20
    /// Requests that a client may take back, at once and in the long run. A page that is left takes back a hundred; an
    /// attack takes back all there are (rapid reset, CVE-2023-44487).
    static let resetsBurst = 200.0
    static let resetsPerSecond = 20.0
    /// Frames that ask for nothing but to be read: PING, SETTINGS, PRIORITY and empty DATA.
    static let idleFramesBurst = 1_000.0
    static let idleFramesPerSecond = 50.0
    /// So many times the bytes of a head may be used by its frames: fields that are thrown away, and empty frames.
    static let headExcess = 4
    /// Bytes that are collected before they are sent.
    static let batchBytes = 60 << 10
    /// Reads in one turn; then it is others' turn.
    static let readsPerTurn = 16
}
