internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRuntime
internal import HTTPTypes

/// The page at `/` of the operations port: the services at a glance, and where to look further.
struct OperationsPage: Sendable {
    let fleet: Fleet
    let title: String

    func response() async -> Response {
        var rows = ""
        for manifest in fleet.map.manifests {
            let instance = fleet.instance(of: manifest.name)
            let health = await instance?.health.ready().status ?? .outOfService
            let dead = await deadLetters(of: manifest.name)
            rows += """
                <tr><th scope="row">\(Self.escaped(manifest.name))</th>
                <td><span class="\(health.rawValue)">\(health.rawValue)</span></td>
                <td>\(Self.escaped(manifest.purpose))</td><td>\(dead)</td>
                <td><a href="/ops/services/\(manifest.name)/health">health</a>
                <a href="/ops/services/\(manifest.name)/metrics">metrics</a>
                <a href="/ops/services/\(manifest.name)/openapi.json">API</a></td></tr>

                """
        }
        return Response(
            .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
            ],
            body: .bytes(Array(page(rows).utf8)))
    }

    private func deadLetters(of service: String) async -> String {
        guard let consumer = fleet.consumer(of: service) else { return "–" }
        do { return String(try await consumer.deadLetterCount()) } catch { return "unknown" }
    }

    private func page(_ rows: String) -> String {
        """
        <!doctype html><html lang="en"><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.escaped(title))</title>
        <style>
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .4rem .6rem; }
        tr { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
        .healthy { color: #14804a; } .degraded { color: #a15c00; } .unhealthy, .outOfService { color: #c0262d; }
        </style>
        <h1>\(Self.escaped(title))</h1>
        <p><a href="/ops/services">services</a> · <a href="/ops/sagas">sagas</a> ·
        <a href="/ops/dead-letters">dead letters</a> · <a href="/ops/outbox">outboxes</a> ·
        <a href="/ops/traces">traces</a> · <a href="/ops/logs">logs</a> ·
        <a href="/ops/policies">policies</a> ·
        <a href="/ops/breakers">breakers</a> · <a href="/metrics">metrics</a></p>
        <table><thead><tr><th>Service<th>Health<th>Why it is one<th>Dead letters<th>More</thead><tbody>
        \(rows)</tbody></table></html>
        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
