#if os(Linux)
    @testable internal import FlotillaProxy
    internal import Testing

    /// What an upstream does to requests, the same to each.
    enum Misbehaviour: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case refuses = "takes no connections"
        case isSilent = "says nothing"
        case isSilentInHead = "falls silent within the head"
        case isSilentInBody = "falls silent within the body"
        case resets = "resets the connection"
        case closes = "closes the connection"
        case closesInBody = "sends less than it said"
        case sendsGarbage = "sends garbage"
        case sendsTwoLengths = "sends two lengths"
        case sendsHugeHead = "sends a head without end"
        case isSlow = "sends a byte now and then"
        case answers503 = "answers 503"
        case answers500 = "answers 500"

        var testDescription: String { rawValue }

        static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        /// Whether it takes a time limit to get away from it.
        var takesTime: Bool {
            switch self {
            case .isSilent, .isSilentInHead, .isSilentInBody, .isSlow: true
            default: false
            }
        }

        func play(_ peer: TestUpstream.Peer) {
            while !peer.read().isEmpty {
                switch self {
                case .refuses, .closes: return
                case .isSilent: return peer.waitForEnd()
                case .isSilentInHead:
                    peer.send("HTTP/1.1 200 OK\r\nContent-Le")
                    return peer.waitForEnd()
                case .isSilentInBody:
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                    return peer.waitForEnd()
                case .resets: return peer.reset()
                case .closesInBody: return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                case .sendsGarbage:
                    peer.send("SSH-2.0-OpenSSH_9.2\r\n")
                    return peer.waitForEnd()
                case .sendsTwoLengths:
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
                    return peer.waitForEnd()
                case .sendsHugeHead:
                    peer.send("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 100_000))
                    return peer.waitForEnd()
                case .isSlow:
                    for character in Self.ok {
                        guard peer.isPatient(for: 40) else { return }
                        peer.send(String(character))
                    }
                case .answers503: peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
                case .answers500: peer.send("HTTP/1.1 500 Broken\r\nContent-Length: 6\r\n\r\nbroken")
                }
            }
        }
    }
#endif
