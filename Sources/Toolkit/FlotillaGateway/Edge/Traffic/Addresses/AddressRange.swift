/// All addresses from one to another, both included.
struct AddressRange: Sendable, Hashable {
    let first: IPAddress
    let last: IPAddress

    init(_ first: IPAddress, _ last: IPAddress) {
        precondition(first <= last, "a range of addresses that ends before it begins")
        self.first = first
        self.last = last
    }

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, `::ffff:10.0.0.0/104` (which is `10.0.0.0/8`), or one address.
    ///
    /// - Returns: nil when it is none, or has bits set behind its prefix (`10.0.0.1/8`): whoever writes that means
    ///   something else.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let head = parts.first, let address = IPAddress(head), parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self.init(address, address)
            return
        }
        let length = parts[1]
        guard (1...3).contains(length.utf8.count), length.utf8.allSatisfy({ (48...57).contains($0) }),
            let bits = Int(length), length.utf8.count == 1 || length.utf8.first != 48
        else { return nil }
        // Written like version 4, the prefix counts its 32 bits.
        let whole = head.utf8.contains(UInt8(ascii: ":")) ? bits : bits + 96
        guard whole <= 128, head.utf8.contains(UInt8(ascii: ":")) || bits <= 32 else { return nil }
        let rest = whole == 0 ? UInt128.max : whole == 128 ? 0 : UInt128.max >> UInt128(whole)
        guard address.bits & rest == 0 else { return nil }
        self.init(address, IPAddress(bits: address.bits | rest))
    }
}
