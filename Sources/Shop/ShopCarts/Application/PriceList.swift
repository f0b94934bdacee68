internal import FlotillaCore
internal import ShopContracts

/// Says what products are called and cost now.
protocol PriceList: Sendable {
    /// One entry for each ID; nil for what is not offered.
    ///
    /// - Parameter ids: at most ``Cart/linesMax`` and one.
    /// - Throws: when it cannot be found out now.
    func offers(_ ids: [ProductID], _ context: CallContext) async throws -> [ProductID: Offer?]
}
