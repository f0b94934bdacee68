internal import FlotillaCore
internal import FlotillaSecurity

/// The service's keys, in files of its own folder with mode 0600; made at the first start.
///
///     signing.pem           signs tokens (RSA, 2048 bits)
///     signing-retired.pem   signed tokens until lately, if there is one: still published
///     vault.keys            seals personal data; the newest key last
///     index.key             makes e-mail addresses findable; never changes
struct UsersKeys: Sendable {
    let signing: SigningKey
    let retired: [SigningKey]
    let vault: VaultKeyRing
    let index: BlindIndex

    init(folder: String, random: any RandomSource) throws {
        signing = try SigningKey.loadOrCreate(at: folder + "/signing.pem")
        retired = try SigningKey.load(from: folder + "/signing-retired.pem").map { [$0] } ?? []
        vault = try VaultKeyRing.loadOrCreate(at: folder + "/vault.keys", random: random)
        index = try BlindIndex.loadOrCreate(at: folder + "/index.key", random: random)
    }
}
