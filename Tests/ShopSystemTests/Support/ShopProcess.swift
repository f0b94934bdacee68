internal import FlotillaCore
internal import FlotillaHTTP

/// The real program `shop`, which can be killed and started again on the same data and ports.
final class ShopProcess: Sendable {
    let gateway: String
    let operations: String
    private let program: Program

    /// Starts `shop up` and waits until it is open.
    ///
    /// - Parameters:
    ///   - earlier: the one whose ports are taken over.
    ///   - run: names this run in the folder.
    init(in folder: TestFolder, after earlier: ShopProcess? = nil, run: String) async throws {
        let ports = (earlier?.gateway.port ?? "0", earlier?.operations.port ?? "0")
        program = try Program(
            "shop",
            ["up", "--port", ports.0, "--ops-port", ports.1, "--data", folder.data, "--rate-limits", "off"],
            environment: ["SHOP_USERS_PASSWORD_COST": "6"], in: folder, run: run)
        // The lines of the greeting are printed at once, the data folder's last.
        _ = try await program.line(after: "Data")
        gateway = try await program.line(after: "Shop  ")
        operations = try await program.line(after: "Operations")
    }

    func client(_ connections: RemoteConnections) -> ShopClient {
        ShopClient(gateway: gateway, operations: operations, connections: connections)
    }

    func kill() async throws { try await program.kill() }

    var errors: String { program.errors }
    var isRunning: Bool { program.isRunning }
}

extension String {
    /// The port at the end of an address.
    fileprivate var port: String { split(separator: ":").last.map(String.init) ?? "0" }
}
