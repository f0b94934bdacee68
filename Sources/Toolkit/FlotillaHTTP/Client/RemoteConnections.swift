internal import AsyncHTTPClient
internal import NIOCore

/// The connections of a process to other processes, shared by all its ``RemoteResponder``s.
///
/// Redirects are not followed and nothing is decompressed: what comes is passed on as it is.
public final class RemoteConnections: Sendable {
    let client: HTTPClient

    /// - Parameter perHostMax: connections to one address at most; requests beyond wait for one.
    public init(perHostMax: Int = 64, connectTimeout: Duration = .seconds(2), idleTimeout: Duration = .seconds(30)) {
        var pool = HTTPClient.Configuration.ConnectionPool(idleTimeout: .init(idleTimeout))
        pool.concurrentHTTP1ConnectionsPerHostSoftLimit = perHostMax
        // A refused connection is known at once; who calls decides whether to try again.
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .init(connectTimeout)), connectionPool: pool,
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections. It must be called once, after the last use.
    public func close() async throws { try await client.shutdown() }

    /// Opens connections for the time of `body`.
    ///
    /// - Parameter connectTimeout: how long a request waits for a connection, be it a new one or one that others use.
    public static func with<T>(
        connectTimeout: Duration = .seconds(2), isolation: isolated (any Actor)? = #isolation,
        _ body: (RemoteConnections) async throws -> T
    ) async throws -> T {
        let connections = RemoteConnections(connectTimeout: connectTimeout)
        do {
            let result = try await body(connections)
            try await connections.close()
            return result
        } catch {
            try await connections.close()
            throw error
        }
    }
}
