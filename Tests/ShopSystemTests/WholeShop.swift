internal import Testing

/// The tests of the whole Shop, one after another: each loads the machine by itself.
@Suite("The whole Shop", .serialized, .keepsEvidence)
enum WholeShop {}
