internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// Makes the demo accounts that are not there yet; running it again changes nothing.
///
/// Their IDs are fixed, so that demo data of other services can name them. Their password is public, it stands in
/// the README; a shop that serves strangers does not have these accounts.
struct DemoUsers: Sendable {
    private static let password = Secret("sail-on-2026")

    private struct Account {
        var id: UserID
        var email: String
        var name: String
        var role: Principal.Role
        var tier: User.Tier = .free
        var region: String
    }

    private static let accounts = [
        Account(id: UserID(unchecked: "demo-ada"), email: "ada@shop.example", name: "Ada Lovelace", role: .customer,
            region: "eu"),
        Account(id: UserID(unchecked: "demo-grace"), email: "grace@shop.example", name: "Grace Hopper",
            role: .customer, tier: .premium, region: "us"),
        Account(id: UserID(unchecked: "demo-linus"), email: "linus@shop.example", name: "Linus Support",
            role: .support, region: "eu"),
        Account(id: UserID(unchecked: "demo-root"), email: "root@shop.example", name: "Root Admin", role: .admin,
            region: ""),
    ]

    let context: UsersContext

    func callAsFunction(_ call: CallContext) async throws {
        let context = context
        let missing = try await context.database.read { transaction in
            try Self.accounts.filter { try context.users.find($0.id, in: transaction) == nil }
        }
        guard !missing.isEmpty else { return }
        // One hash for all: whoever knows one of these passwords knows them all anyway.
        let hash = try await context.hasher.hash(Self.password)
        let now = context.world.now
        for account in missing {
            guard let email = EmailAddress(account.email) else { continue }
            let user = User(
                id: account.id, email: email, name: account.name, role: account.role, tier: account.tier,
                region: account.region, createdAt: now, updatedAt: now)
            let sealed = try context.users.sealed(user)
            let event = try Outgoing(user.registered, subject: user.id.text)
            try await context.database.write { transaction in
                guard
                    try context.users.insert(
                        user, sealed, passwordHash: hash, registrationKey: nil, in: transaction)
                else { return }
                try context.outbox.append([event], cause: Cause(call), in: transaction)
            }
        }
        context.telemetry.log(.info, "the demo accounts are ready", call, ["created": "\(missing.count)"])
    }
}
