#if os(Linux)
    internal import FlotillaConfiguration
    internal import FlotillaCore
    @testable internal import FlotillaGateway
    internal import Foundation
    internal import Testing

    @Suite("Certificates whose files change") struct LiveCertificatesTests {
        /// Two certificates with their keys, which protect nothing.
        private enum Pair {
            case one, two

            var certificate: String {
                switch self {
                case .one:
                    """
                    -----BEGIN CERTIFICATE-----
                    MIIBMjCB5aADAgECAhR1UxEamOZgNCaS5wAkXq8tDY4/ujAFBgMrZXAwDjEMMAoG
                    A1UEAwwDb25lMCAXDTI2MTEyMjAxMzgwM1oYDzIxMjYxMDI5MDEzODAzWjAOMQww
                    CgYDVQQDDANvbmUwKjAFBgMrZXADIQA2KlyW9pCf3hjSsrR6cHzl3ZGZGcJrhNd5
                    a1xLtglT/qNTMFEwHQYDVR0OBBYEFNiq6G0VEtqlN6xEUlwkBh2naGR4MB8GA1Ud
                    IwQYMBaAFNiq6G0VEtqlN6xEUlwkBh2naGR4MA8GA1UdEwEB/wQFMAMBAf8wBQYD
                    K2VwA0EAZOK8Bg79+WoFZ65OeAsqnA+3a4Lydf1WpoXGOUymQSfwGiUasJusZD6p
                    W0xOpof4SfwmcG9YOJacQWUK7/uHAg==
                    -----END CERTIFICATE-----
                    """
                case .two:
                    """
                    -----BEGIN CERTIFICATE-----
                    MIIBMjCB5aADAgECAhR++eMG+MIgCJlehuRa31yk0mNhDzAFBgMrZXAwDjEMMAoG
                    A1UEAwwDdHdvMCAXDTI2MTEyMjAxMzgwM1oYDzIxMjYxMDI5MDEzODAzWjAOMQww
                    CgYDVQQDDAN0d28wKjAFBgMrZXADIQDgjPttS8GH8adPpv2zSjxqrRvsqcKyTjnl
                    0bBNuLBE8aNTMFEwHQYDVR0OBBYEFCprrubGsdkBsmTrAcDJWboU+IoCMB8GA1Ud
                    IwQYMBaAFCprrubGsdkBsmTrAcDJWboU+IoCMA8GA1UdEwEB/wQFMAMBAf8wBQYD
                    K2VwA0EAW96/sMHwACrnFckHXmn2kduZOunwNAwPox3uLkpDo0XC/MM1xLR+HhVb
                    nt6nIGC2TuFwdcR7gV7Dbj0dqc8aCQ==
                    -----END CERTIFICATE-----
                    """
                }
            }

            var key: String {
                switch self {
                case .one:
                    """
                    -----BEGIN PRIVATE KEY-----
                    MC4CAQAwBQYDK2VwBCIEILxckAlRd28F8W1rlBX3VNh0CO2ikIFwH3xghH1zB+jU
                    -----END PRIVATE KEY-----
                    """
                case .two:
                    """
                    -----BEGIN PRIVATE KEY-----
                    MC4CAQAwBQYDK2VwBCIEIIzbdCGm3CkeT88iR7zAeZ1UAt9/6xMDN5aQkGMjkXlo
                    -----END PRIVATE KEY-----
                    """
                }
            }
        }

        /// A folder with a plan's files; gone with the value.
        private final class Folder {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)").path

            init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

            deinit { try? FileManager.default.removeItem(atPath: path) }

            func write(_ text: String, _ name: String) throws {
                try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
            }

            func plan() throws -> TLSPlan? {
                try ProxyPlan.read(
                    ConfigurationFile(
                        path: "\(path)/gateway.yaml",
                        text: """
                            listen: 127.0.0.1:0
                            tls: { certificate: server.pem, key: server-key.pem }
                            upstreams:
                              backend: { instances: ["127.0.0.1:9000"] }
                            routes:
                              - match: { path: "/**" }
                                to: backend
                            """)
                ).tls
            }
        }

        @Test("they are taken over when both files are there and rest, and only then")
        func change() throws {
            let folder = try Folder()
            try folder.write(Pair.one.certificate, "server.pem")
            try folder.write(Pair.one.key, "server-key.pem")
            let live = try LiveCertificates(#require(try folder.plan()))
            #expect(try !live.look())
            try folder.write(Pair.two.certificate, "server.pem")
            // Half of it: nothing is read before it rests.
            #expect(try !live.look())
            try folder.write(Pair.two.key, "server-key.pem")
            #expect(try !live.look())
            #expect(try live.look())
            #expect(try !live.look())
        }

        @Test("files that do not fit together are refused, once for each change")
        func misfits() throws {
            let folder = try Folder()
            try folder.write(Pair.one.certificate, "server.pem")
            try folder.write(Pair.two.key, "server-key.pem")
            let plan = try #require(try folder.plan())
            #expect(throws: ServiceError.self) { try LiveCertificates(plan) }
            try folder.write(Pair.one.key, "server-key.pem")
            let live = try LiveCertificates(plan)
            try folder.write("nothing", "server.pem")
            #expect(try !live.look())
            #expect(throws: ServiceError.self) { try live.look() }
            #expect(try !live.look())
            try folder.write(Pair.one.certificate, "server.pem")
            #expect(try !live.look())
            #expect(try live.look())
        }
    }
#endif
