/// Anything that answers HTTP requests: a service, the gateway, a service in another process.
///
/// It never throws: whatever goes wrong becomes a problem document.
public protocol Responder: Sendable {
    func respond(to request: Request) async -> Response
}
