#if os(Linux)
    internal import COpenSSL
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import Testing

    @Suite("TLS, over sockets", .timeLimit(.minutes(2))) struct TLSTests {
        private static let get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"

        private static func context(
            _ pair: TestCertificates.Pair, clients: TLSSettings.Clients? = nil,
            minimum: TLSSettings.Version = .tls13
        ) throws -> TLSContext {
            try TLSContext(
                TLSSettings(certificate: pair.certificate, key: pair.key, clients: clients, minimum: minimum))
        }

        /// Tells who asked.
        private static let who = TestDoor.tasks { request, channel in
            let who = request.clientCertificate.map {
                "\($0.subject) \($0.dnsNames) \($0.uris) \($0.emails) \($0.fingerprint.count)"
            }
            channel.send(AnswerHead(status: 200), Array("<\(request.isSecure) \(who ?? "nobody")>".utf8))
        }

        @Test("HTTP/1.1 over TLS 1.3 with a certificate that the client can verify; pipelined as ever")
        func oneToThree() async throws {
            let certificates = try TestCertificates()
            try await withLoopServer(.echo, tls: try Self.context(certificates.server())) { port in
                let client = try WireClient(port: port)
                #expect(client.secure(.init(authority: certificates.authority, protocols: ["http/1.1"])) == nil)
                #expect(client.version == TLS1_3_VERSION && client.chosen == "http/1.1")
                #expect(client.peer == "CN=localhost")
                client.send((0..<300).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
                client.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                let all = client.readAll()
                #expect((0..<300).allSatisfy { all.contains("</\($0) 0>") } && all.hasSuffix("</last 0>"))
                #expect(client.wasToldEnd)
            }
        }

        @Test("TLS 1.2 is spoken where it is allowed, and only there", arguments: TLSSettings.Version.allCases)
        func oldVersion(minimum: TLSSettings.Version) async throws {
            let certificates = try TestCertificates()
            let context = try Self.context(certificates.server(), minimum: minimum)
            try await withLoopServer(.echo, tls: context) { port in
                let client = try WireClient(port: port)
                let failure = client.secure(.init(version: TLS1_2_VERSION))
                #expect((failure == nil) == (minimum == .tls12))
                guard failure == nil else { return }
                client.send(Self.get)
                #expect(client.version == TLS1_2_VERSION && client.read(until: "</x 0>"))
            }
        }

        @Test("HTTP/2 is preferred when the client offers it, whatever the order; a client of neither is refused")
        func protocols() async throws {
            let certificates = try TestCertificates()
            try await withLoopServer(.echo, tls: try Self.context(certificates.server())) { port in
                let client = try WireClient(port: port)
                #expect(client.secure(.init(protocols: ["http/1.1", "h2"])) == nil && client.chosen == "h2")
                #expect(HTTP2Client(client).fetch("GET", "/x").text == "</x 0>")
                let other = try WireClient(port: port)
                #expect(other.secure(.init(protocols: ["spdy/3"])) != nil)
                let silent = try WireClient(port: port)
                #expect(silent.secure() == nil && silent.chosen == "")
                silent.send(Self.get)
                #expect(silent.read(until: "</x 0>"))
            }
        }

        @Test("bodies larger than all buffers pass both ways whole, in pieces of any size")
        func large() async throws {
            let certificates = try TestCertificates()
            let door = TestDoor.tasks { request, channel in
                channel.send(AnswerHead(status: 200), request.body + Array("END".utf8))
            }
            let context = try Self.context(certificates.server())
            try await withLoopServer(door, tls: context, { $0.bodyBytesMax = 1 << 23 }) { port in
                let client = try WireClient(port: port, receiveBytes: 32_768)
                #expect(client.secure() == nil)
                let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 11) }
                client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n")
                for start in stride(from: 0, to: body.count, by: 50_001) {
                    client.send(Array(body[start..<min(start + 50_001, body.count)]))
                }
                _ = client.readAll()
                #expect(client.received.suffix(3) == Array("END".utf8))
                #expect(Array(client.received.dropLast(3).suffix(body.count)) == body)
            }
        }

        @Test("a client comes back by a ticket")
        func resumption() async throws {
            let certificates = try TestCertificates()
            let context = try Self.context(certificates.server())
            try await withLoopServer(.echo, tls: context) { port in
                let first = try WireClient(port: port)
                #expect(first.secure() == nil && !first.isReused)
                // The tickets come behind the handshake.
                first.send(Self.get)
                #expect(first.read(until: "</x 0>"))
                let memory = first.memory
                let second = try WireClient(port: port)
                #expect(second.secure(.init(), memory) == nil && second.isReused)
                second.send(Self.get)
                #expect(second.read(until: "</x 0>"))
            }
        }

        @Test("an answer that breaks off ends without the farewell that whole ones end with")
        func truncation() async throws {
            let certificates = try TestCertificates()
            let context = try Self.context(certificates.server())
            try await withLoopServer(.tasks { _, _ in }, tls: context) { port in
                let client = try WireClient(port: port)
                #expect(client.secure() == nil)
                client.send(Self.get)
                #expect(client.readAll().isEmpty && !client.wasToldEnd)
            }
        }

        @Test("whoever takes too long for the handshake, or says no TLS, is left")
        func slowHandshake() async throws {
            let certificates = try TestCertificates()
            let context = try Self.context(certificates.server())
            try await withLoopServer(.echo, tls: context, { $0.headTimeout = .milliseconds(50) }) { port in
                #expect(try WireClient(port: port).readAll().isEmpty)
                let half = try WireClient(port: port)
                half.send([0x16, 3, 1, 1])
                #expect(half.readAll().isEmpty)
                let plain = try WireClient(port: port)
                plain.send(Self.get)
                #expect(!plain.readAll().contains("200"))
            }
        }

        // MARK: Client certificates

        @Test("a client's certificate is told to the door, the same for HTTP/1.1 and HTTP/2")
        func clientCertificate() async throws {
            let certificates = try TestCertificates()
            let pair = try certificates.issue(
                "orders", names: "DNS:orders.shop,DNS:o.shop,URI:spiffe://shop/orders,email:o@shop", file: "client")
            let clients = TLSSettings.Clients(authority: certificates.authority, required: true)
            try await withLoopServer(Self.who, tls: try Self.context(certificates.server(), clients: clients)) { port in
                let told = #"<true CN=orders ["orders.shop", "o.shop"] ["spiffe://shop/orders"] ["o@shop"] 64>"#
                let client = try WireClient(port: port)
                #expect(client.secure(.init(pair: pair)) == nil)
                client.send(Self.get)
                #expect(client.read(until: told))
                let second = try WireClient(port: port)
                #expect(second.secure(.init(pair: pair, protocols: ["h2"])) == nil)
                #expect(HTTP2Client(second).fetch("GET", "/").text == told)
            }
        }

        @Test("where it is required, a client without a certificate, or with one of another authority, gets nothing")
        func strangers() async throws {
            let certificates = try TestCertificates()
            let others = try TestCertificates("Test Authority")
            let stranger = try others.issue("orders", names: "DNS:orders.shop")
            for required in [true, false] {
                let clients = TLSSettings.Clients(authority: certificates.authority, required: required)
                let context = try Self.context(certificates.server(), clients: clients)
                try await withLoopServer(Self.who, tls: context) { port in
                    for pair in [nil, stranger] {
                        let client = try WireClient(port: port)
                        // In TLS 1.3 the client is done before the server has looked at its certificate.
                        _ = client.secure(.init(pair: pair))
                        client.send(Self.get)
                        let answer = client.readAllOrUntil("nobody>")
                        #expect(answer.contains("200") == (pair == nil && !required))
                    }
                }
            }
        }

        // MARK: Files

        @Test("certificates change without a connection being lost; files that are wrong change nothing")
        func reload() async throws {
            let certificates = try TestCertificates()
            let pair = try certificates.server()
            let context = try Self.context(pair)
            try await withLoopServer(.echo, tls: context) { port in
                let old = try WireClient(port: port)
                #expect(old.secure() == nil && old.peer == "CN=localhost")
                _ = try certificates.issue("renewed", names: "DNS:localhost", file: "server")
                try context.reload()
                let new = try WireClient(port: port)
                #expect(new.secure() == nil && new.peer == "CN=renewed")
                old.send(Self.get)
                #expect(old.read(until: "</x 0>"))
                // A certificate without its key.
                let lost = try certificates.issue("lost", names: "DNS:localhost", file: "lost")
                try certificates.replace(pair.certificate, by: lost.certificate)
                #expect(throws: ServiceError.self) { try context.reload() }
                let after = try WireClient(port: port)
                #expect(after.secure() == nil && after.peer == "CN=renewed")
            }
        }

        @Test("a file that is missing is named")
        func missing() throws {
            let certificates = try TestCertificates()
            let pair = try certificates.server()
            for settings in [
                TLSSettings(certificate: "/nowhere.pem", key: pair.key),
                TLSSettings(certificate: pair.certificate, key: "/nowhere.pem"),
                TLSSettings(
                    certificate: pair.certificate, key: pair.key,
                    clients: .init(authority: "/nowhere.pem", required: true)),
            ] {
                let error = #expect(throws: ServiceError.self) { try TLSContext(settings) }
                #expect(error.map { "\($0)" }?.contains("/nowhere.pem") == true)
            }
        }

        @Test("an upstream is told that the client came by https")
        func forwarded() async throws {
            let certificates = try TestCertificates()
            let upstream = try TestUpstream { peer in
                let head = peer.read()
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\n\r\n\(head)")
            }
            let context = try Self.context(certificates.server())
            try await upstream.during { upstream in
                let group = try Upstream("backend", instances: [upstream.address])
                try await withLoopServer(TestDoor { _, _ in .forward(Forward(group)) }, tls: context) { port in
                    let client = try WireClient(port: port)
                    #expect(client.secure() == nil)
                    client.send(Self.get)
                    #expect(client.read(until: "X-Forwarded-Proto: https\r\n"))
                }
            }
        }
    }

    extension WireClient {
        /// Everything until `text`, or until the other side closes.
        fileprivate func readAllOrUntil(_ text: String) -> String {
            _ = read(until: text)
            return String(decoding: received, as: UTF8.self)
        }
    }
#endif
