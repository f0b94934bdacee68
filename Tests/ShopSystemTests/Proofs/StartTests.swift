internal import FlotillaCore
internal import FlotillaHTTP
internal import Foundation
internal import Testing

extension WholeShop {
    @Suite("starting")
    struct StartTests {
        @Test("an occupied port stops the start with one clear line", arguments: ["--port", "--ops-port"])
        func occupiedPort(flag: String) async throws {
            try await TestFolder.with { folder in
                let holder = try PortHolder()
                let other = flag == "--port" ? "--ops-port" : "--port"
                let program = try Program(
                    "shop", ["up", flag, String(holder.port), other, "0", "--data", folder.data],
                    environment: ["SHOP_USERS_PASSWORD_COST": "6"], in: folder, run: "start")
                let code = try await program.exitCode()
                #expect(code != 0 && code < 128)
                let lines = program.errors.split(separator: "\n")
                #expect(lines.count == 1)
                #expect(lines.first?.contains("port \(holder.port)") == true)
                #expect(lines.first?.contains("in use") == true)
            }
        }

        @Test(
            "a bad value stops the start, and one line names the key, the value and where it stands",
            arguments: [
                BadValue(flags: ["--port", "99999"], key: "gateway.port", value: "99999", place: "flag --port"),
                BadValue(flags: ["--set", "gateway.prot=1"], key: "gateway.prot", value: "", place: "gateway.port"),
                BadValue(
                    environment: ["SHOP_LOG_LEVEL": "loud"], key: "log.level", value: "loud", place: "SHOP_LOG_LEVEL"),
                BadValue(flags: ["--replicas", "catalog"], key: "replicas", value: "catalog", place: "flag --replicas"),
                BadValue(flags: ["--replicas", "catlog=2"], key: "replicas", value: "catlog", place: "did you mean"),
                BadValue(
                    environment: ["SHOP_REPLICAS": "orders=2,carts=99"], key: "replicas", value: "carts=99",
                    place: "SHOP_REPLICAS"),
                BadValue(
                    yaml: "demo:\n  seed: true\nshipping:\n  dispatchDelay: soon\n", key: "shipping.dispatchDelay",
                    value: "soon", place: "shop.yaml:4"),
            ])
        func badValue(_ bad: BadValue) async throws {
            try await TestFolder.with { folder in
                var arguments = ["up", "--data", folder.data] + bad.flags
                if let yaml = bad.yaml {
                    try yaml.write(toFile: "\(folder.path)/shop.yaml", atomically: false, encoding: .utf8)
                    arguments += ["--config", "\(folder.path)/shop.yaml"]
                }
                let program = try Program(
                    "shop", arguments, environment: bad.environment, in: folder, run: "start")
                #expect(try await program.exitCode() == 78)
                let lines = program.errors.split(separator: "\n").filter { $0.contains(bad.key) }
                #expect(lines.count == 1)
                #expect(lines.first?.contains(bad.value) == true || bad.value.isEmpty)
                #expect(lines.first?.contains(bad.place) == true)
                // Nothing was begun.
                #expect(!FileManager.default.fileExists(atPath: folder.data))
            }
        }

        @Test("an unknown argument is answered with the usage")
        func unknownArgument() async throws {
            try await TestFolder.with { folder in
                let program = try Program("shop", ["up", "--nonsense"], in: folder, run: "start")
                #expect(try await program.exitCode() == 64)
                #expect(program.errors.contains("--nonsense"))
                #expect(program.errors.contains("Usage: shop up"))
            }
        }

        @Test("a data folder is used by one process at a time")
        func folderInUse() async throws {
            try await TestFolder.with { folder in
                let first = try await ShopProcess(in: folder, run: "first")
                let second = try Program(
                    "shop", ["up", "--port", "0", "--ops-port", "0", "--data", folder.data], in: folder, run: "second")
                let code = try await second.exitCode()
                #expect(code != 0 && code < 128)
                #expect(second.errors.split(separator: "\n").count == 1)
                #expect(second.errors.contains("in use"))
                #expect(second.errors.contains(folder.data))
                #expect(first.isRunning)
                try await first.kill()
                // A dead holder leaves nothing behind that would be in the way.
                let third = try await ShopProcess(in: folder, run: "third")
                try await third.kill()
            }
        }

        struct BadValue: Sendable, CustomTestStringConvertible {
            var flags: [String] = []
            var environment: [String: String] = [:]
            var yaml: String?
            var key: String
            var value: String
            var place: String
            var testDescription: String { "\(key) by \(place)" }
        }
    }
}

/// A TCP port on the loopback address that somebody else has.
final class PortHolder: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isHeld = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isHeld else { throw POSIXError(.EADDRNOTAVAIL) }
    }

    deinit { close(descriptor) }
}
