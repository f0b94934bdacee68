/// Of whom and what a request is, as far as limits ask for it.
struct RateCaller: Sendable {
    /// The user or client that was proved; nil: nobody.
    var id: String?
    /// Of that one; nil: none.
    var tier: String?
    /// The API key by its name or hash; nil: there is none.
    var keyID: String?
    /// Of the client (``TrustedProxies``); nil when it cannot be read.
    var address: IPAddress?
    /// The place of the route in its table.
    var route: Int

    init(id: String? = nil, tier: String? = nil, keyID: String? = nil, address: IPAddress?, route: Int) {
        self.id = id
        self.tier = tier
        self.keyID = keyID
        self.address = address
        self.route = route
    }
}
