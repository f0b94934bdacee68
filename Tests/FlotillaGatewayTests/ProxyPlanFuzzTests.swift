internal import FlotillaConfiguration
internal import FlotillaGateway
internal import FlotillaTesting
internal import Testing

@Suite("Any bytes as the file of a gateway") struct ProxyPlanFuzzTests {
    private static let corpus = YAMLInput.corpus([
        """
        listen: 127.0.0.1:8088
        upstreams:
          backend: { instances: ["127.0.0.1:9000"] }
        routes:
          - match: { path: "/**" }
            to: backend
        """,
        """
        listen: "[::1]:0"
        threads: 2
        bodyBytesMax: 1000
        upstreams:
          orders:
            instances: [&one "10.0.0.1:80", *one]
            connectTimeout: 250ms
            answerTimeout: 1m
          users: { instances: ["localhost:81"] }
        routes:
          - match:
              path: /orders/*/items/**
              methods: [GET, POST]
            to: orders
          - to: users
        """,
    ])

    @Test("no crash and no hang; a plan or problems, each with its line")
    func reading() async {
        await Fuzzing.run(inputs: 600) { seed in
            let text = YAMLInput.text(FuzzInput(seed: seed, corpus: Self.corpus))
            do throws(ConfigurationError) {
                _ = try ProxyPlan.read(ConfigurationFile(path: "gateway.yaml", text: text))
                return nil
            } catch {
                if error.problems.isEmpty { return "refused without a reason" }
                for problem in error.problems {
                    guard case .place(_, let line, _)? = problem.origin, line > 0 else { return "no place: \(problem)" }
                }
                return nil
            }
        }
    }
}
