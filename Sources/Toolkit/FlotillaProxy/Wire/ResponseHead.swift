/// The head of an upstream's answer, as ranges of the bytes that it was parsed from, in storage that is used again.
public struct ResponseHead: Sendable {
    public internal(set) var version: WireVersion = .http11
    /// 100 to 999.
    public internal(set) var status = 0
    /// What stands behind the status; may be empty.
    public internal(set) var reason: WireRange = .empty
    /// Where the body ends; depends on the request's method.
    public internal(set) var framing: BodyFraming = .none
    /// What Content-Length says, also where no body follows (HEAD, 304); nil when it is not there.
    public internal(set) var declaredLength: Int?
    public internal(set) var connection: ConnectionOptions = []
    /// What was upgraded to; with 101 only.
    public internal(set) var upgrade: WireRange?
    /// All fields, in their order.
    public internal(set) var fields: [WireField] = []
    /// Length in bytes with the empty line at its end: the body begins here.
    public internal(set) var size = 0
    /// The fields that are there.
    var present: KnownFieldSet = []
    /// Whether the head announces a body that such an answer cannot have: what follows on the connection is in doubt.
    var announcesNothing = true

    init(fieldsMax: Int) { fields.reserveCapacity(min(fieldsMax, 32)) }

    /// Whether it is interim (1xx, but not 101): the real answer follows. A client of HTTP/1.0 must not be sent it
    /// (RFC 9110 §15.2); nor may one be sent 101 that did not ask for an upgrade.
    public var isInterim: Bool { status < 200 && status != 101 }

    /// Whether the connection may be used for another request once the body is read.
    public var keepsAlive: Bool {
        if connection.contains(.close) || framing == .untilClose || status == 101 || !announcesNothing { return false }
        return version == .http11 || connection.contains(.keepAlive)
    }

    /// Forgets everything but the memory.
    mutating func clear() {
        fields.removeAll(keepingCapacity: true)
        version = .http11
        status = 0
        reason = .empty
        framing = .none
        declaredLength = nil
        connection = []
        upgrade = nil
        size = 0
        present = []
        announcesNothing = true
    }
}

extension ResponseHead: WireHead {}
