internal import FlotillaCore
internal import FlotillaHTTP
internal import Foundation
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("secrets")
    struct SecretTests {
        private static let password = "correct horse battery staple 7"
        private static let mistyped = "incorrect horse battery staple 8"
        private static let malformed = "4242424242424241"

        @Test("no card number and no password is in any file the Shop leaves, or in what it prints")
        func nothingLeaks() async throws {
            try await TestFolder.with { folder in
                let shop = try await ShopProcess(in: folder, run: "shop")
                try await RemoteConnections.with(connectTimeout: .seconds(60)) { connections in
                    try await self.useEverySecret(shop.client(connections))
                }
                try await shop.kill()
                let files = try folder.files()
                // Databases, their logs and the Shop's own log are there to be searched.
                for part in ["payments.sqlite", "-wal", "shop.jsonl", "shop.out", "shop.err"] {
                    #expect(files.contains { $0.path.contains(part) }, "no \(part) among the files")
                }
                #expect(files.contains { $0.bytes.range(of: Data("4242".utf8)) != nil }, "the last four are kept")
                for secret in Self.traces {
                    for file in files {
                        #expect(file.bytes.range(of: Data(secret.utf8)) == nil, "'\(secret)' is in \(file.path)")
                    }
                }
            }
        }

        private func useEverySecret(_ client: ShopClient) async throws {
            let customer = try await client.newCustomer(password: Self.password)
            let product = try #require(try await customer.products(1).first)
            for card in TestCard.all {
                let order = try await customer.order(product.id, card: card)
                #expect(terminalStatuses.contains(try await customer.watch(order).last ?? ""))
            }
            // What goes wrong is logged as well.
            let wrong = try await client.call(
                .post, "/api/v1/sessions",
                ["email": "ada@shop.example", "password": .string(Self.mistyped)])
            #expect(wrong.status == 401)
            for number in [Self.malformed] + [" ", "-"].map({ Self.grouped(TestCard.paid, by: $0) }) {
                let invalid = try await customer.call(.post, "/api/v1/payment-tokens", TestCard.body(number))
                #expect(invalid.status == 422)
                #expect(!invalid.text.contains(number))
            }
            // A card number where none belongs: in a path, in a query, in a header.
            _ = try await customer.get("/api/v1/orders/\(TestCard.paid)")
            _ = try await customer.get("/api/v1/payments?orderId=\(TestCard.paid)")
            _ = try await customer.call(
                .post, "/api/v1/payment-tokens", TestCard.body(TestCard.paid),
                headers: ["X-Correlation-Id": TestCard.paid])
            try await readLetter(of: customer)
        }

        /// Letters lie sealed, so what they say shows only to whom they are for.
        private func readLetter(of customer: ShopClient) async throws {
            let notice = try await wait(until: "a letter was written") { () -> String? in
                let notices = try await customer.get("/api/v1/notifications").json["items"]?.array ?? []
                return notices.first { notice in
                    notice["channels"]?.array?.contains {
                        $0["channel"]?.string == "email" && $0["status"]?.string == "sent"
                    } == true
                }?["id"]?.string
            }
            let letter = try await customer.get("/api/v1/notifications/\(notice)/letter")
            #expect(letter.status == 200)
            #expect(letter.text.contains("Subject: "))
            for secret in Self.traces { #expect(!letter.text.contains(secret)) }
        }

        /// The secrets as they would stand somewhere.
        private static var traces: [String] {
            let cards = (TestCard.all + [malformed]).flatMap { number in
                [" ", "-"].map { Self.grouped(number, by: $0) } + [number]
            }
            return cards + [password, mistyped, ShopClient.demoPassword]
        }

        private static func grouped(_ number: String, by separator: String) -> String {
            stride(from: 0, to: number.count, by: 4).map { String(number.dropFirst($0).prefix(4)) }
                .joined(separator: separator)
        }
    }
}
