internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// Keeps web pages of other origins from using a browser on this machine to reach the loopback port.
///
/// A request must name this machine as its host (no DNS rebinding), and one that changes something
/// must not come from a page of another origin (no cross-site request forgery).
struct OriginGuard: Sendable {
    private static let hosts: Set<String> = ["127.0.0.1", "localhost", "[::1]", "::1", ""]

    func refusal(of request: Request) -> Response? {
        let host = request.authority
        guard Self.hosts.contains(Self.name(of: host)) else {
            return refuse("The operations port answers to 127.0.0.1 and localhost only.")
        }
        guard request.method != .get, request.method != .head else { return nil }
        if let name = Self.site, let site = request.headers[name], site != "same-origin", site != "none" {
            return refuse("A page of another origin may not change anything here.")
        }
        guard let origin = request.headers[.origin] else { return nil }
        guard origin == "http://\(host)" else {
            return refuse("A page of another origin may not change anything here.")
        }
        return nil
    }

    private static let site = HTTPField.Name("Sec-Fetch-Site")

    private static func name(of host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
        return host.split(separator: ":", omittingEmptySubsequences: false).first.map { $0.lowercased() } ?? ""
    }

    private func refuse(_ detail: String) -> Response {
        Problem.response(for: ServiceError(.denied, "cross-site", detail), traceID: "")
    }
}
