internal import FlotillaHTTP
internal import Testing

@Suite("Path tree") struct PathTreeTests {
    private let tree: PathTree<String> = {
        var tree = PathTree<String>()
        for (method, path) in [
            ("GET", "/"), ("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/{id}"),
            ("GET", "/orders/{id}/events"), ("GET", "/carts/mine"), ("GET", "/carts/{id}"),
            ("DELETE", "/carts/{id}/items/{product}"), ("PUT", "/carts/mine/coupon"), ("*", "/files/{path...}"),
        ] { _ = tree.insert("\(method) \(path)", method: method, PathTemplate(path)) }
        return tree
    }()

    private func find(_ method: String, _ path: String) -> String {
        switch tree.find(method: method, path: path) {
        case .found(let value, let parameters):
            ([value] + parameters.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
        case .otherMethods(let methods): "405 \(methods.joined(separator: ","))"
        case .unknown: "404"
        case .malformed: "400"
        }
    }

    @Test("paths find their values", arguments: [
        ("GET", "/", "GET /"), ("GET", "/orders", "GET /orders"), ("HEAD", "/orders", "GET /orders"),
        ("POST", "/orders", "POST /orders"), ("GET", "/orders/7", "GET /orders/{id} id=7"),
        ("GET", "/orders/a%20b%2Fc", "GET /orders/{id} id=a b/c"), ("GET", "/orders/+", "GET /orders/{id} id=+"),
        ("GET", "/orders/7/events", "GET /orders/{id}/events id=7"), ("GET", "/carts/mine", "GET /carts/mine"),
        ("GET", "/carts/yours", "GET /carts/{id} id=yours"),
        ("DELETE", "/carts/mine/items/p", "DELETE /carts/{id}/items/{product} id=mine product=p"),
        ("PATCH", "/files/a/b//c", "* /files/{path...} path=a/b//c"), ("GET", "/files/", "* /files/{path...} path="),
        ("DELETE", "/orders", "405 GET,HEAD,POST"), ("POST", "/carts/mine", "405 GET,HEAD"),
        ("GET", "/carts/mine/coupon", "405 PUT"), ("GET", "/order", "404"), ("GET", "/orders/", "404"),
        ("GET", "//orders", "404"), ("GET", "/orders//events", "404"), ("GET", "/Orders", "404"),
        ("GET", "/files", "404"), ("GET", "", "GET /"), ("GET", "/orders/%zz", "400"), ("GET", "/orders/%FF", "400"),
        ("GET", "/orders/7/events/", "404"),
    ])
    func look(method: String, path: String, found: String) { #expect(find(method, path) == found) }

    @Test("the same shape cannot be added twice for one method")
    func twice() {
        var tree = PathTree<Int>()
        let isFirstNew = tree.insert(1, method: "GET", PathTemplate("/a/{id}"))
        let isSecondNew = tree.insert(2, method: "GET", PathTemplate("/a/{other}"))
        let isThirdNew = tree.insert(3, method: "PUT", PathTemplate("/a/{other}"))
        #expect(isFirstNew && !isSecondNew && isThirdNew)
    }

    @Test("a path of many segments is looked up without trouble")
    func long() {
        #expect(find("GET", String(repeating: "/orders", count: 10_000)) == "404")
    }
}
