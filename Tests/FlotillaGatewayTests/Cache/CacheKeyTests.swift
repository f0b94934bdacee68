@testable internal import FlotillaGateway
internal import HTTPTypes
internal import Testing

@Suite("What tells answers apart") struct CacheKeyTests {
    @Test(
        "of the query, the parameters that count, in any order of their names",
        arguments: [
            ("b=2&a=1&c=3", "?a=1&b=2"), ("a=1&b=2&utm=x", "?a=1&b=2"), ("utm=x", ""), ("", ""),
            ("a=2&a=1", "?a=2&a=1"), ("a", "?a"), ("a[]=1&a[x]=2&c[]=3", "?a[]=1&a[x]=2"), ("&&a=1&&", "?a=1"),
            // What could be a name that counts does.
            ("%61=1&c=2", "?%61=1"), ("a+=1", "?a+=1"), ("c=1;a=2", "?c=1;a=2"), ("ä=1", "?ä=1"),
        ])
    func query(query: String, counted: String) {
        let key = CacheKey(host: "h", path: "/p", query: query, names: ["a", "b"])
        #expect(key.text == "h/p\(counted)")
    }

    @Test("without names the whole query counts, as it is")
    func whole() {
        #expect(CacheKey(host: "H:80", path: "/P", query: "b=2&a=1").text == "h:80/P?b=2&a=1")
        #expect(CacheKey(host: "h", path: "/p", query: "a=1", names: []).text == "h/p")
    }

    @Test(
        "values of fields that mean the same",
        arguments: [
            ("accept-encoding", "gzip, br", "br;q=0.3,GZIP", true), ("accept-encoding", "gzip", "x-gzip", true),
            ("accept-encoding", "gzip", "gzip, identity", true), ("accept-encoding", "gzip", "gzip;q=0", false),
            ("accept-encoding", "gzip", "br", false), ("accept-encoding", "*", "", false),
            ("accept-encoding", "", "identity", true), ("accept-encoding", "identity;q=0", "", false),
            ("accept-language", "de, en", "de,en", true), ("accept-language", "de,en", "en,de", false),
            ("accept-language", "de", "DE", false), ("x", " a ", "a", true),
        ])
    func values(name: String, left: String, right: String, isSame: Bool) {
        #expect((VaryNames.normal(name, left) == VaryNames.normal(name, right)) == isSame)
    }

    @Test("a field that is not there is another thing than an empty one")
    func missing() { #expect(VaryNames.normal("x", nil) != VaryNames.normal("x", "")) }

    @Test(
        "references within the same origin",
        arguments: [
            ("/b?c=d#e", "/b", "c=d"), ("http://H/b", "/b", ""), ("https://h", "/", ""), ("//h/b", "/b", ""),
            ("http://h?x", "/", "x"), ("b", "/a/b", ""), ("?x", "/a/1", "x"), ("b?x", "/a/b", "x"),
        ])
    func references(text: String, path: String, query: String) throws {
        let target = try #require(SameOrigin.target(text, host: "h", path: "/a/1"))
        #expect(target.path == path && target.query == query)
    }

    @Test(
        "references elsewhere",
        arguments: ["http://other/b", "//h.other/b", "mailto:a", "ftp://h/b", "http://h:81/b"])
    func elsewhere(text: String) { #expect(SameOrigin.target(text, host: "h", path: "/a/1") == nil) }
}
