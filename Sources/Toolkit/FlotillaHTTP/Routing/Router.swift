internal import HTTPTypes

/// Finds the route for a request.
struct Router: Sendable {
    /// What a look-up found.
    enum Match: Sendable {
        /// The position of the route in ``routes``, and the values of its placeholders.
        case found(Int, parameters: [(name: String, value: String)])
        case refused(StatusError)
    }

    let routes: [Route]
    private let tree: PathTree<Int>

    /// - Parameter routes: no two may have the same method and path.
    init(_ routes: Routes) {
        var tree = PathTree<Int>()
        for (index, route) in routes.all.enumerated() {
            let isNew = tree.insert(index, method: route.method.rawValue, route.path)
            precondition(isNew, "the route \(route.method.rawValue) \(route.path) is declared twice")
        }
        self.routes = routes.all
        self.tree = tree
    }

    func find(_ request: Request) -> Match {
        switch tree.find(method: request.method.rawValue, path: request.path) {
        case .found(let index, let parameters): .found(index, parameters: parameters)
        case .otherMethods(let methods): .refused(.methodNotAllowed(request.method.rawValue, allowed: methods))
        case .unknown: .refused(.unknownPath)
        case .malformed: .refused(.malformedPath)
        }
    }
}
