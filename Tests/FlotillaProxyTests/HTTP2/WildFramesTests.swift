#if os(Linux)
    @testable internal import FlotillaProxy
    internal import Testing

    @Suite("HTTP/2 from clients that are out of their mind", .timeLimit(.minutes(2))) struct WildFramesTests {
        /// The same for the same seed (xorshift; Marsaglia 2003).
        private struct Dice {
            var state: UInt64

            mutating func roll(_ sides: Int) -> Int {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Int(state % UInt64(sides))
            }
        }

        private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
            let count = payload.count
            let length = [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255)]
            return length + [type, flags, 0, 0, 0, stream] + payload
        }

        /// Frames that are right, most of them, and then some of their bytes are not.
        private static func frames(_ dice: inout Dice) -> [UInt8] {
            // POST or GET, https, a path of one to three letters, and the authority, as literals.
            let paths: [[UInt8]] = [[4, 1, 47], [4, 2, 47, 47], [0x44, 3, 47, 48, 48]]
            var heads: [[UInt8]] = []
            for path in paths {
                for method: UInt8 in [0x82, 0x83] { heads.append([method, 0x87] + path + [0x41, 1, 0x68]) }
            }
            var all = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])
            var stream: UInt8 = 1
            for _ in 0..<(3 + dice.roll(30)) {
                let of = dice.roll(8) == 0 ? UInt8(dice.roll(9)) : stream
                switch dice.roll(10) {
                case 0, 1, 2:
                    stream &+= 2
                    all += frame(1, dice.roll(2) == 0 ? 4 : 5, stream, heads[dice.roll(6)])
                case 3: all += frame(1, 0, stream &+ 2, Array(heads[0].prefix(dice.roll(8))))
                case 4: all += frame(9, UInt8(dice.roll(2) * 4), of, Array(heads[0].prefix(dice.roll(8))))
                case 5, 6: all += frame(0, UInt8(dice.roll(2)), of, [UInt8](repeating: 7, count: dice.roll(3_000)))
                case 7: all += frame(3, 0, of, [0, 0, 0, 8])
                case 8: all += frame(8, 0, of, [0, 0, UInt8(dice.roll(256)), 1])
                default: all += frame(UInt8(dice.roll(12)), UInt8(dice.roll(256)), of, [0, 0, 0, 4, 0, 0, 0, 1])
                }
            }
            for _ in 0..<(dice.roll(3) * dice.roll(5)) {
                let place = 24 + dice.roll(all.count - 24)
                all[place] = UInt8(dice.roll(256))
            }
            return all
        }

        @Test("nothing that comes takes the server down, or another client's answer away")
        func frames() async throws {
            let upstream = try TestUpstream { peer in
                while !peer.read().isEmpty { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
            }
            try await upstream.during { upstream in
                let group = try Upstream("backend", instances: [upstream.address])
                let door = TestDoor { path, isBodyHere in
                    switch path.utf8.count % 3 {
                    case 0: return .forward(Forward(group))
                    case 1: return TestDoor.echo.decision(path, isBodyHere)
                    default: return isBodyHere ? TestDoor.echo.decision(path, true) : .collect
                    }
                }
                try await withLoopServer(door, { $0.headTimeout = .milliseconds(100) }) { port in
                    let calm = HTTP2Client(try WireClient(port: port))
                    for seed in 1...300 {
                        var dice = Dice(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
                        let wild = try WireClient(port: port)
                        let bytes = Self.frames(&dice)
                        var place = 0
                        while place < bytes.count {
                            let end = min(bytes.count, place + 1 + dice.roll(600))
                            wild.send(Array(bytes[place..<end]))
                            place = end
                        }
                        if dice.roll(2) == 0 { wild.endOutput() }
                        if dice.roll(4) == 0 { _ = wild.receive() }
                        if seed % 10 == 0 { #expect(calm.fetch("GET", "/\(seed)").status == "200", "seed \(seed)") }
                    }
                }
            }
        }
    }
#endif
