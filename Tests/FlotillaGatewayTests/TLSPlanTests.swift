internal import FlotillaConfiguration
@testable internal import FlotillaGateway
internal import Testing

@Suite("TLS in the plan of a gateway that stands alone") struct TLSPlanTests {
    private func read(_ tls: String, path: String = "conf/gateway.yaml") throws -> ProxyPlan {
        try ProxyPlan.read(
            ConfigurationFile(
                path: path,
                text: """
                    listen: 127.0.0.1:8443
                    \(tls)
                    upstreams:
                      backend: { instances: ["127.0.0.1:9000"] }
                    routes:
                      - match: { path: "/**" }
                        to: backend
                    """))
    }

    @Test("certificate and key are enough; their paths begin where the file lies")
    func least() throws {
        let plan = try read("tls: { certificate: server.pem, key: /etc/key.pem }")
        let tls = try #require(plan.tls)
        #expect(tls.certificate == "conf/server.pem" && tls.key == "/etc/key.pem")
        #expect(tls.minimum == .tls13 && tls.clients == nil && plan.scheme == "https")
        #expect(try read("tls: { certificate: a, key: b }", path: "gateway.yaml").tls?.files == ["a", "b"])
        #expect(try read("threads: 1").tls == nil)
        #expect(try read("threads: 1").scheme == "http")
    }

    @Test("clients are asked for a certificate, which they have to have unless the file says otherwise")
    func clients() throws {
        let must = try read(#"tls: { certificate: a, key: b, minimum: "1.2", clients: { authority: ca.pem } }"#).tls
        #expect(must?.clients?.authority == "conf/ca.pem" && must?.clients?.required == true)
        #expect(must?.minimum == .tls12 && must?.files == ["conf/a", "conf/b", "conf/ca.pem"])
        let may = try read("tls: { certificate: a, key: b, clients: { authority: /ca.pem, required: false } }").tls
        #expect(may?.clients?.authority == "/ca.pem" && may?.clients?.required == false)
    }

    @Test(
        "what is missing or not known is told",
        arguments: [
            ("tls: { key: b }", "tls.certificate"), ("tls: { certificate: a }", "tls.key"),
            (#"tls: { certificate: a, key: b, minimum: "1.1" }"#, "tls.minimum"),
            ("tls: { certificate: a, key: b, clients: {} }", "tls.clients.authority"),
            ("tls: { certificate: a, key: b, cyphers: c }", "tls.cyphers"),
        ])
    func wrong(tls: String, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(tls) }
        #expect(error?.description.contains(key) == true)
    }
}
