internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// Catalog over HTTP.
struct CatalogRoutes: Sendable {
    let find: FindProducts
    let show: ShowProduct
    let suggest: SuggestProducts
    let put: PutProduct

    func routes() -> Routes {
        var routes = Routes(prefix: "/api/v1")
        addReading(to: &routes)
        addWriting(to: &routes)
        return routes
    }

    private func addReading(to routes: inout Routes) {
        routes.add(
            .get, "/products", access: .anyone, summary: "Find products", query: ProductQueryInput.self,
            answers: ProductListAnswer.self
        ) { [find] _, input in
            Answer(ProductListAnswer(page: try await find(try input.resolved())), entityTag: .content)
        }
        routes.add(
            .get, "/products/suggest", access: .anyone, summary: "Complete what is being typed",
            query: SuggestInput.self, answers: SuggestionsAnswer.self
        ) { [suggest] _, input in
            Answer(SuggestionsAnswer(suggestions: try await suggest(input.text)))
        }
        routes.add(
            .get, "/products/{id}", access: .anyone, summary: "One product", answers: ProductAnswer.self,
            problems: [KnownProblem(.notFound, "not-found", "There is no such product.")]
        ) { [show] call in
            Answer(ProductAnswer(product: try await show(try call.id("id", as: ProductID.self))), entityTag: .content)
        }
        routes.addRaw(
            .get, "/products/{id}/picture", access: .anyone, summary: "A drawing of a product",
            produces: "image/svg+xml", problems: [KnownProblem(.notFound, "not-found", "There is no such product.")]
        ) { [show] call in
            let product = try await show(try call.id("id", as: ProductID.self))
            return Response(
                .ok, headers: [.contentType: "image/svg+xml", .cacheControl: "public, max-age=86400"],
                body: .bytes(Array(ProductPicture.draw(product).utf8)))
        }
    }

    private func addWriting(to routes: inout Routes) {
        routes.add(
            .put, "/products/{id}", access: .roles([.manager, .admin]),
            summary: "Put a product into the catalog, or say anew what it is and costs", input: PutProductBody.self,
            answers: ProductAnswer.self
        ) { [put, show] call, body in
            let id = try call.id("id", as: ProductID.self)
            let outcome = try await put(body.product(id), call.context)
            return Answer(
                ProductAnswer(product: try await show(id)), status: outcome == .created ? .created : nil)
        }
    }
}
