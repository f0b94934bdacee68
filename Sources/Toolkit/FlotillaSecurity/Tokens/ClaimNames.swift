internal import FlotillaCore

/// By what names an issuer says who somebody is. Ours by default; a name with dots leads into objects
/// (`realm_access.roles`).
///
/// A role or tier that comes as a list is its first entry; scopes are a text with spaces between them (RFC 8693) or a
/// list.
public struct ClaimNames: Sendable, Hashable {
    /// Whom the token speaks for.
    public var subject: String
    /// What they are; `customer` where the claim is missing.
    public var role: String
    /// `free` where the claim is missing.
    public var tier: String
    /// None where the claim is missing.
    public var region: String
    /// None where the claim is missing, which means all that the role may do.
    public var scopes: String

    public init(
        subject: String = "sub", role: String = "role", tier: String = "tier", region: String = "region",
        scopes: String = "scope"
    ) {
        self.subject = subject
        self.role = role
        self.tier = tier
        self.region = region
        self.scopes = scopes
    }
}

/// A claim's value, for claims that have names of the issuer's choice.
enum ClaimValue: Decodable, Sendable {
    case text(String)
    case list([ClaimValue])
    case object([String: ClaimValue])
    /// A number, true, false, null: nothing that could be a name.
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = Self.value(String.self, in: container) {
            self = .text(text)
        } else if let list = Self.value([ClaimValue].self, in: container) {
            self = .list(list)
        } else if let object = Self.value([String: ClaimValue].self, in: container) {
            self = .object(object)
        } else {
            self = .other
        }
    }

    private static func value<Value: Decodable>(
        _ type: Value.Type, in container: any SingleValueDecodingContainer
    ) -> Value? {
        // Of which kind a value is can only be tried; that it is of another is no error.
        try? container.decode(type)
    }

    /// What is found by a name with dots; a claim that has the dots in its name goes first (`https://x.example/role`).
    func value(_ name: Substring) -> ClaimValue? {
        guard case .object(let members) = self else { return nil }
        if let member = members[String(name)] { return member }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return members[String(name[..<dot])]?.value(name[dot...].dropFirst())
    }

    /// Itself, or the first of a list.
    var text: String? {
        switch self {
        case .text(let text): text
        case .list(let list): if case .text(let text)? = list.first { text } else { nil }
        case .object, .other: nil
        }
    }

    /// The words of a text, or the texts of a list.
    var words: [String] {
        switch self {
        case .text(let text): text.split(separator: " ").map(String.init)
        case .list(let list): list.compactMap { if case .text(let text) = $0 { text } else { nil } }
        case .object, .other: []
        }
    }
}

extension ClaimNames {
    /// Who the claims speak for; nil when they do not say.
    func principal(_ claims: ClaimValue) -> Principal? {
        guard let id = claims.value(subject[...])?.text else { return nil }
        return Principal(
            id: id, role: Principal.Role(rawValue: claims.value(role[...])?.text ?? "customer"),
            tier: claims.value(tier[...])?.text ?? "free", region: claims.value(region[...])?.text ?? "",
            scopes: claims.value(scopes[...])?.words ?? [])
    }
}
