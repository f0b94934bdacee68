@testable internal import FlotillaTranscoding
internal import Testing

@Suite("Paths of google.api.http") struct RuleTemplateTests {
    @Test(
        "a path fits its template, and its pieces are fields",
        arguments: [
            ("/v1/books", "/v1/books", ""), ("/v1/{name}", "/v1/a%2Fb", "name=a/b"), ("/v1/*/x", "/v1/a/x", ""),
            ("/v1/{name=shelves/*/books/*}", "/v1/shelves/1/books/a%20b", "name=shelves/1/books/a b"),
            ("/v1/{name=shelves/*}", "/v1/shelves/a%2Fb", "name=shelves/a%2Fb"),
            ("/v1/{book.name}/{x}", "/v1/a/b", "book.name=a x=b"), ("/v1/{name=**}", "/v1/a/b/c", "name=a/b/c"),
            ("/v1/{name=a/**}:undo", "/v1/a/b/c:undo", "name=a/b/c"), ("/v1/{name}:go", "/v1/a:go", "name=a"),
            ("/v1/{name}", "/v1/a:b", "name=a:b"), ("/v1/**", "/v1", ""), ("/v1/{a}/{b=x/*}", "/v1/q/x/y", "a=q b=x/y"),
        ])
    func fits(template: String, path: String, captures: String) throws {
        let parsed = try #require(RuleTemplate(template))
        let found = try #require(parsed.match(path[...]))
        #expect(found.map { "\($0.field.joined(separator: "."))=\($0.value)" }.joined(separator: " ") == captures)
    }

    @Test(
        "a path does not fit another template",
        arguments: [
            ("/v1/books", "/v1/books/"), ("/v1/books", "/v2/books"), ("/v1/{name}", "/v1/"), ("/v1/{name}", "/v1/a/b"),
            ("/v1/{name=a/*}", "/v1/b/c"), ("/v1/{name}:go", "/v1/a:stop"), ("/v1/{name}:go", "/v1/a"),
            ("/v1/{name}", "/v1/%zz"), ("/v1/{name}", "/v1/%FF"), ("/v1/{name}", "v1/a"),
        ])
    func differs(template: String, path: String) throws {
        let parsed = try #require(RuleTemplate(template))
        #expect(parsed.match(path[...]) == nil)
    }

    @Test(
        "what is no template is refused",
        arguments: [
            "", "v1", "/v1//a", "/v1/{", "/v1/{}", "/v1/{=a}", "/v1/{a=}", "/v1/**/a", "/v1/a*", "/{a..b}", "/a:",
            "/{a}b",
        ])
    func wrong(text: String) {
        #expect(RuleTemplate(text) == nil)
    }
}
