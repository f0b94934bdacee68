/// The head of a request, as ranges of the bytes that it was parsed from, in storage that is used again.
///
/// Everything here has passed the rules of RFC 9112 and RFC 9110, so that no two readers can differ on it. Read it
/// where the parser keeps it (``RequestHeadParser/head``): a copy that outlives the next request costs an allocation.
public struct RequestHead: Sendable {
    public internal(set) var method: RequestMethod = .other
    public internal(set) var version: WireVersion = .http11
    /// The method's name, for ``RequestMethod/other``.
    public internal(set) var methodName: WireRange = .empty
    /// The whole target as it was sent.
    public internal(set) var target: WireRange = .empty
    /// The target's path, from its `/`; empty for `*`, and for an absolute target without one, which mean `*` and `/`.
    public internal(set) var path: WireRange = .empty
    /// What follows the `?`, without it; nil when there is no `?`.
    public internal(set) var query: WireRange?
    /// Host and port that the request is for: of an absolute target, else the field Host's value.
    /// Empty only in HTTP/1.0 without Host.
    public internal(set) var authority: WireRange = .empty
    /// Whether the target is `*`, or an absolute one of OPTIONS without path and query, which means the same.
    public internal(set) var isAsterisk = false
    /// Whether the target was `http://…` or `https://…`.
    public internal(set) var isAbsolute = false
    /// Whether the path has no `%`, `//` or `/.`: compared byte by byte, it means what it says. Any other must be
    /// normalised before a rule looks at it, for the upstream may do so as well.
    public internal(set) var isPathPlain = true
    public internal(set) var framing: BodyFraming = .none
    public internal(set) var connection: ConnectionOptions = []
    /// Whether the client waits for 100 Continue before it sends the body.
    public internal(set) var expectsContinue = false
    /// What to upgrade to, when Connection names Upgrade; nil otherwise, in HTTP/1.0, and when a body follows.
    public internal(set) var upgrade: WireRange?
    /// All fields, in their order.
    public internal(set) var fields: [WireField] = []
    /// Length in bytes with the empty line at its end, and the one before it that was tolerated: the body begins here.
    public internal(set) var size = 0
    /// The fields that are there, to answer quickly that one is not.
    var present: KnownFieldSet = []

    init(fieldsMax: Int) { fields.reserveCapacity(min(fieldsMax, 32)) }

    /// Whether the connection may carry another request after this one (RFC 9112 §9.3), as far as the client says.
    public var keepsAlive: Bool {
        if connection.contains(.close) { return false }
        return version == .http11 || connection.contains(.keepAlive)
    }

    /// Forgets everything but the memory.
    mutating func clear() {
        fields.removeAll(keepingCapacity: true)
        method = .other
        version = .http11
        (methodName, target, path, authority) = (.empty, .empty, .empty, .empty)
        (query, upgrade) = (nil, nil)
        (isAsterisk, isAbsolute, isPathPlain, expectsContinue) = (false, false, true, false)
        framing = .none
        connection = []
        size = 0
        present = []
    }
}

extension RequestHead: WireHead {}
