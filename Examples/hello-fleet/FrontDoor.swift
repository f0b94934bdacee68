internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import HTTPTypes

/// Sends each request to the service it is for.
struct FrontDoor: Responder {
    let fleet: Fleet

    func respond(to request: Request) async -> Response {
        let service = request.path.hasPrefix("/counts") ? "counter" : "greeter"
        guard let responder = fleet.responder(for: service) else {
            return .text("\(service) is away\n", status: .serviceUnavailable)
        }
        return await responder.respond(to: request)
    }
}
