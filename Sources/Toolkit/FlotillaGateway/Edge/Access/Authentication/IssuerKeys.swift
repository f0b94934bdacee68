internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSecurity
internal import HTTPTypes

/// The key set that an issuer publishes at a URL.
///
/// It is asked rarely, so each time gets a connection of its own. Redirects are not followed: keys come from the place
/// that the file names, or not at all. How often it may be asked, and what holds while it is away, is the business of
/// ``TokenVerifier``.
struct IssuerKeys: JWKSSource {
    private static let timeout = Duration.seconds(5)

    private let base: String
    private let target: String
    private let world: World

    /// - Parameter url: `http://` or `https://`, as ``AuthenticationPlan/Tokens/Keys`` has checked.
    init(_ url: String, world: World) {
        let host = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let path = url[host...].firstIndex { $0 == "/" || $0 == "?" } ?? url.endIndex
        base = String(url[..<path])
        target = url[path...].hasPrefix("/") ? String(url[path...]) : "/" + url[path...]
        self.world = world
    }

    func jwks() async throws -> [UInt8] {
        try await RemoteConnections.with { connections in
            let issuer = RemoteResponder(
                "the token issuer", at: base, connections: connections, world: world, timeout: Self.timeout,
                bodyBytesMax: IssuedKeys.bytesMax)
            let response = try await issuer.send(Request(.get, target: target))
            guard response.status == .ok else {
                throw ServiceError.unavailable("the token issuer (it answered \(response.status.code))")
            }
            return try await response.collect(bytesMax: IssuedKeys.bytesMax)
        }
    }
}

extension AuthenticationPlan.Tokens.Keys {
    /// Where that is.
    func source(_ world: World) -> any JWKSSource {
        switch self {
        case .url(let url): IssuerKeys(url, world: world)
        case .file(let path): FileKeys(path)
        }
    }
}
