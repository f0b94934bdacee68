internal import FlotillaCore
internal import FlotillaProxy
internal import Testing

@Suite struct WirePathTests {
    private func normal(_ path: String) -> (text: String, isClear: Bool) {
        var result: [UInt8] = []
        let isClear = Array(path.utf8).withUnsafeBytes { WirePath.normalize($0, into: &result) }
        return (String(decoding: result, as: UTF8.self), isClear)
    }

    @Test(
        "one path, one spelling",
        arguments: [
            ("/", "/"), ("", "/"), ("/a/b", "/a/b"), ("/a/", "/a/"), ("/a//b", "/a/b"), ("//a", "/a"),
            ("/a/./b", "/a/b"), ("/a/.", "/a/"), ("/a/../b", "/b"), ("/a/b/..", "/a/"), ("/a/b/../", "/a/"),
            ("/a/%2e%2E/b", "/b"), ("/a/.%2e/b", "/b"), ("/%61%7Eb%2D", "/a~b-"), ("/%c3%a9", "/%C3%A9"),
            ("/a%20b", "/a%20b"), ("/a..b/...", "/a..b/..."), ("/.a/..b", "/.a/..b"), ("/a;v=1/../b", "/b"),
        ])
    func spelling(path: String, expected: String) {
        #expect(normal(path) == (expected, true))
    }

    @Test(
        "paths that may mean something else to another reader are told",
        arguments: ["/..", "/../a", "/a/../..", "/a/../../b", "/a%2Fb", "/a%5cb", "/a%0ab", "/a%252e", "/a%7F", "/%"])
    func doubtful(path: String) {
        #expect(!normal(path).isClear)
    }

    @Test("normalising twice changes nothing more, and leaves nothing to resolve")
    func idempotent() {
        let random = SeededRandom(seed: 11)
        let pieces = ["/", "/", ".", "..", "a", "%2e", "%2F", "%41", "%", "//", "/./", "/../", "%c3", "~"]
        for _ in 0..<5_000 {
            let path = "/" + (0..<random.int(in: 0...10)).map { _ in pieces[random.int(in: 0...(pieces.count - 1))] }
                .joined()
            let once = normal(path)
            #expect(once.text.hasPrefix("/"))
            guard once.isClear else { continue }
            let twice = normal(once.text)
            let segments = once.text.split(separator: "/")
            guard twice == once, !segments.contains("."), !segments.contains(".."), !once.text.contains("//") else {
                Issue.record("\(path) → \(once.text) → \(twice.text)")
                return
            }
        }
    }
}

@Suite struct HTTPDateTests {
    @Test(
        "dates are written as RFC 9110 has them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-5, "Thu, 01 Jan 1970 00:00:00 GMT"), (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ])
    func dates(seconds: Int64, expected: String) {
        var text: [UInt8] = [1, 2, 3]
        HTTPDate.write(seconds, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == expected)
        #expect(text.count == HTTPDate.length)
    }
}
