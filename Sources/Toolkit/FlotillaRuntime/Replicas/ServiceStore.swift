internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaStorage
internal import Foundation

/// What the replicas of a service have in common: its file, and the outbox in it.
///
/// It is opened with the first of them and closed with the last. Messages are handed over by the commit they are in,
/// whichever replica it was made by, so that there is no relay that could be lost.
final class ServiceStore: Sendable {
    let service: String
    let folder: String
    let database: Database
    let outbox: Outbox
    /// What replicas count into together, so that a service has each series once.
    let metrics = MetricsRegistry()

    init(_ blueprint: any ServiceBlueprint, options: FleetOptions) async throws {
        let name = blueprint.manifest.name
        service = name
        folder = "\(options.dataFolder)/\(name)"
        try Self.makeFolder(folder)
        let world = options.world(of: name)
        database = try Database(
            path: "\(folder)/\(name).sqlite", migrations: blueprint.schema, world: world,
            options: options.database(of: name))
        do {
            outbox = try await Outbox(producer: name, database: database, world: world)
        } catch {
            database.close()
            throw error
        }
    }

    func close() { database.close() }

    private static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ServiceError(
                .internal, "data-folder", "The folder \(path) cannot be made: check the path and who may write there.",
                cause: error)
        }
    }
}
