/// What of an IP address stands for one caller.
enum CallerAddress {
    /// The address itself for version 4; for version 6 the network of 64 bits, since one customer has all of it.
    static func key(_ address: String) -> String {
        guard address.contains(":") else { return "address \(address)" }
        // A version 4 address in the clothes of version 6.
        if address.contains("."), let last = address.split(separator: ":").last { return "address \(last)" }
        let halves = address.split(separator: ":", omittingEmptySubsequences: false)
        // The groups before `::` are complete; what it stands for is zeros.
        let groups = halves.prefix { !$0.isEmpty }
        let network = groups.prefix(4) + Array(repeating: "0", count: max(0, 4 - groups.count))
        return "network \(network.joined(separator: ":"))"
    }
}
