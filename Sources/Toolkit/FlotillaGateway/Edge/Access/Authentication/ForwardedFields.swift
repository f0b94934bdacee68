internal import FlotillaCore

/// How the services behind the gateway are told who calls.
///
/// They can believe these fields because they are taken from every request that comes from outside, whether its
/// route asks for a caller or not. Services that check tokens themselves need none of them.
enum ForwardedFields {
    struct Field: Sendable, Hashable {
        /// In lower case.
        var name: String
        var value: String
    }

    static let userID = "x-user-id"
    static let userRole = "x-user-role"
    static let userTier = "x-user-tier"
    static let userRegion = "x-user-region"
    static let userScopes = "x-user-scopes"
    static let apiClient = "x-api-client"
    static let apiPermissions = "x-api-permissions"
    static let serviceID = "x-service-id"

    /// The field that brings an application's key; it ends at the gateway.
    static let apiKey = "x-api-key"

    /// What is taken from every request that comes from outside, before anything else is put there.
    static let removed = [
        userID, userRole, userTier, userRegion, userScopes, apiClient, apiPermissions, serviceID, apiKey,
    ]

    static func of(user principal: Principal) -> [Field] {
        var fields = [
            Field(name: userID, value: visible(principal.id)),
            Field(name: userRole, value: visible(principal.role.rawValue)),
            Field(name: userTier, value: visible(principal.tier)),
        ]
        if !principal.region.isEmpty { fields.append(Field(name: userRegion, value: visible(principal.region))) }
        if !principal.scopes.isEmpty {
            fields.append(Field(name: userScopes, value: visible(principal.scopes.joined(separator: " "))))
        }
        return fields
    }

    static func of(application plan: AuthenticationPlan.APIKey) -> [Field] {
        let name = Field(name: apiClient, value: visible(plan.name))
        if plan.permissions.isEmpty { return [name] }
        return [name, Field(name: apiPermissions, value: visible(plan.permissions.joined(separator: " ")))]
    }

    static func of(machine plan: AuthenticationPlan.Certificate) -> [Field] {
        [Field(name: serviceID, value: visible(plan.id))]
    }

    /// The text as a field may hold it: an issuer may let people choose names that have line ends in them, and such
    /// a name must not become a field of its own. All but visible ASCII and the space is percent-encoded.
    static func visible(_ text: String) -> String {
        guard text.utf8.contains(where: { !isPlain($0) }) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%")
    }
}
