/// What may be done, by names such as `orders.read`; `orders.*` is all that begins so, `*` is everything.
struct PermissionList: Sendable, Hashable {
    private let names: [String]
    private let prefixes: [String]

    init(_ names: [String]) {
        self.names = names.filter { !$0.hasSuffix("*") }
        prefixes = names.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    }

    func has(_ permission: String) -> Bool {
        names.contains(permission) || prefixes.contains { permission.utf8.starts(with: $0.utf8) }
    }
}
