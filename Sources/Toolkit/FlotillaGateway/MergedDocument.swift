internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization

/// The OpenAPI document of everything that can be asked for through the gateway.
///
/// Services that are away stay in it as they were last seen.
final class MergedDocument: Sendable {
    private struct Known: Sendable {
        var tags: [String: String] = [:]
        var documents: [String: JSONValue] = [:]
    }

    private let title: String
    private let version: String
    private let services: [String]
    private let directory: any ServiceDirectory
    private let known = Mutex(Known())

    init(_ configuration: GatewayConfiguration, directory: any ServiceDirectory) {
        title = configuration.title
        version = configuration.version
        services = configuration.services
        self.directory = directory
    }

    func response(to request: Request, _ table: RouteTable) async -> Response {
        let fresh = await fetch()
        let documents = known.withLock { known in
            for (service, response) in fresh {
                known.tags[service] = response.tag
                known.documents[service] = response.document
            }
            return services.compactMap { service in known.documents[service].map { (service, $0) } }
        }
        let merged = OpenAPIDocument.merged(
            title: title, version: version,
            documents.map { service, document in Self.reachable(document, service, table) })
        return Response.json(merged.bytes()).tagged(for: request)
    }

    /// Asks every service for its document, unless it is the one known already.
    private func fetch() async -> [(String, (tag: String, document: JSONValue))] {
        let tags = known.withLock { $0.tags }
        return await withTaskGroup(of: (String, (tag: String, document: JSONValue))?.self) { group in
            for service in services {
                guard let responder = directory.responder(for: service) else { continue }
                group.addTask {
                    var headers = HTTPFields()
                    headers[.ifNoneMatch] = tags[service]
                    let response = await responder.respond(to: Request(.get, "/openapi.json", headers: headers))
                    // A document that cannot be had, or read, is left as it was.
                    let bytes = response.status == .ok ? try? await response.collect(bytesMax: 4 << 20) : nil
                    // The same.
                    guard let bytes, let document = try? JSONValue(parsing: bytes, bytesMax: 4 << 20) else {
                        return nil
                    }
                    return (service, (response.headers[.eTag] ?? "", document))
                }
            }
            var result: [(String, (tag: String, document: JSONValue))] = []
            for await fetched in group { if let fetched { result.append(fetched) } }
            return result
        }
    }

    /// The document without what the gateway does not forward to that service.
    private static func reachable(_ document: JSONValue, _ service: String, _ table: RouteTable) -> JSONValue {
        guard var root = document.object else { return document }
        var paths = JSONObject()
        for path in root["paths"]?.object?.members ?? [] {
            let methods = path.value.object?.members.filter { method in
                table.forwards(method: method.name.uppercased(), path: path.name, to: service)
            }
            if let methods, !methods.isEmpty { paths[path.name] = .object(JSONObject(methods)) }
        }
        root["paths"] = .object(paths)
        return .object(root)
    }
}
