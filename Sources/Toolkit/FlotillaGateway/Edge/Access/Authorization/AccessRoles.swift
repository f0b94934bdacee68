internal import FlotillaConfiguration

/// Which permissions each role has (RBAC, NIST INCITS 359), from the file's section `roles`.
struct AccessRoles: Sendable, Hashable {
    private let lists: [String: PermissionList]
    /// The names of all permissions that are granted to a role, sorted.
    let permissions: [String]

    /// - Parameter roles: with the permissions of each.
    init(_ roles: [String: [String]] = [:]) {
        lists = roles.mapValues(PermissionList.init)
        permissions = Set(roles.values.joined()).sorted()
    }

    /// Reads the section `roles` of the file's top.
    init(from fields: inout YAMLFields) {
        let lists = fields.namedTextLists(
            "roles", count: 0...200, bytes: 1...100,
            "What each role may do, by names you choose: orders.read; orders.* is all that begins so, * everything.")
        self.init(Dictionary(lists.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Whether the role has that permission.
    func grants(_ role: String, _ permission: String) -> Bool { lists[role]?.has(permission) ?? false }

    /// The roles that have it, sorted.
    func roles(with permission: String) -> [String] {
        lists.filter { $0.value.has(permission) }.map(\.key).sorted()
    }
}
