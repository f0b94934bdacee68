internal import FlotillaCore

/// Gives a new catalog its first products. Those that are there stay as they are, so seeding again changes nothing.
struct SeedProducts: Sendable {
    private static let productsAtOnce = 250

    let put: PutProduct

    func callAsFunction(_ products: [Product], _ context: CallContext) async throws {
        for start in stride(from: 0, to: products.count, by: Self.productsAtOnce) {
            let part = Array(products[start..<min(products.count, start + Self.productsAtOnce)])
            _ = try await put(new: part, context)
        }
    }
}
