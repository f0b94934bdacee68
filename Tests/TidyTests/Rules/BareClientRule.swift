/// What a service of the Shop could reach something remote by, past the policy that goes with it.
///
/// Every call goes through the guard of its target, every consumer and database by what the policy file says; a client
/// that is made by hand has none of that. So nothing in the Shop makes one: services are given what they need
/// (`ServiceNeeds`), the edge has its `UpstreamClient`. In the toolkit the guarded path is one place for each kind of
/// call, and only there is the bare call made.
struct BareClientRule: FileRule {
    static let name = "bare-client"

    private static let given = "take it from the ServiceNeeds you are given"
    private static let channel = "ask over `needs.channel(to:)`: its guard is that of the policy file"
    private static let upstream = "ask over the UpstreamClient, through the guard of the call"
    private static let file = "write it into policies.yaml: policies are data"

    /// What is looked for in the Shop as a word of its own in bare code, and what to do instead.
    private static let banned: [(String, String)] = [
        ("RPCChannel(", channel), ("RPCExchange(", channel), ("GRPCClient(", channel), ("RPCTransport(", channel),
        (".Client(wrapping:", channel), ("HTTPClient(", upstream), ("HTTPClient.shared", upstream),
        ("RemoteResponder(", upstream), ("RemoteConnections(", upstream), ("URLSession", upstream),
        (".responder(for:", upstream), ("socket(", upstream),
        ("Database(", given), ("Consumer(", given), ("EmbeddedBroker(", given), ("Outbox(", given),
        ("PolicyRegistry(", given), ("CallGuard(", given), ("CallPolicy(", file), ("RetryPolicy(", file),
        ("BreakerPolicy(", file), ("BulkheadPolicy(", file), ("RedeliveryPolicy(", file),
    ]

    private static let channelFile = "Sources/Toolkit/FlotillaRPC/Calls/RPCChannel.swift"
    private static let calls = "Sources/Toolkit/FlotillaGateway/Upstreams/ServiceCalls.swift"

    /// Raw calls of the toolkit, and the only files that may make them: each does so inside a guard's `run`. Whoever
    /// has a service's responder in hand can ask it past everything, so getting hold of one is such a call, too.
    private static let raw: [(String, [String])] = [
        ("client.unary(", [channelFile]), ("link.carry(", [channelFile]), ("distant.send(", [calls]),
        (".responder(for:", [calls, "Sources/Toolkit/FlotillaRuntime/Fleet/FleetKeys.swift"]),
    ]

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, file.isSource, !file.isGenerated else { return [] }
        // A simulation plays the world outside: customers, networks, providers.
        if file.target.hasSuffix("Simulation") || file.target == "FlotillaTesting" { return [] }
        let isShop = file.path.hasPrefix("Sources/Shop/")
        let found =
            isShop
            ? Self.banned.flatMap { word, instead in
                file.code.offsets(ofWord: word).map { offset in
                    finding(file, line: file.line(at: offset), "`\(word)` goes past the policies: \(instead)")
                }
            }
            : Self.raw.flatMap { word, places in
                places.contains(file.path)
                    ? []
                    : file.code.offsets(ofWord: word).map { offset in
                        finding(
                            file, line: file.line(at: offset),
                            "`\(word)` is a call without a guard: make it in \(places[0]), inside its guard")
                    }
            }
        return found.sorted { $0.line < $1.line }
    }
}
