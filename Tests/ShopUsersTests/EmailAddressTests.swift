internal import Testing

@testable internal import ShopUsers

@Suite struct EmailAddressTests {
    @Test("addresses that mean the same are the same", arguments: [
        "ada@shop.example", "Ada@Shop.Example", "  ADA@SHOP.EXAMPLE\n",
    ])
    func normalised(raw: String) { #expect(EmailAddress(raw)?.text == "ada@shop.example") }

    @Test("what cannot be an address is refused", arguments: [
        "", "ada", "@shop.example", "ada@", "a@b@c", "a da@shop.example", String(repeating: "x", count: 250) + "@a.bc",
    ])
    func refused(raw: String) { #expect(EmailAddress(raw) == nil) }
}
