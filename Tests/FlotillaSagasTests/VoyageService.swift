internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaSagas
internal import FlotillaStorage

/// A service with one saga: a local step, two that can be taken back, the pivot, and one that must succeed.
struct VoyageService: ServiceBlueprint {
    static let resend = Duration.seconds(10)
    static let giveUp = Duration.seconds(60)

    var manifest: ServiceManifest {
        ServiceManifest(
            name: "voyages", purpose: "Tests sagas.",
            publishes: [
                LoadCargo.messageType, UnloadCargo.messageType, HireCrew.messageType, DismissCrew.messageType,
                SetSail.messageType, SendReport.messageType,
            ],
            consumes: [
                CargoLoaded.messageType, CargoRefused.messageType, CargoUnloaded.messageType,
                UnloadingFailed.messageType, CrewHired.messageType, CrewRefused.messageType,
                CrewDismissed.messageType, CrewStays.messageType, Sailed.messageType, StormWarning.messageType,
                ReportReceived.messageType, ReportRefused.messageType,
            ])
    }

    var migrations: [MigrationSet] {
        [
            SagaEngine.migrations,
            MigrationSet(
                "logbook", steps: [.init("create", "CREATE TABLE logbook (line {identity}, text TEXT NOT NULL)")]),
        ]
    }

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let engine = SagaEngine(
            database: needs.database, outbox: needs.outbox, world: needs.world, telemetry: needs.telemetry)
        return ServiceParts(routes: Routes(), sagas: engine.adding(try Self.definition()))
    }

    static func definition() throws -> SagaDefinition<Voyage> {
        try SagaDefinition("voyage", steps: [openLog, loadCargo, hireCrew, setSail, sendReport])
    }

    private static let write: SQL = "INSERT INTO logbook (text) VALUES (?1)"

    private static var openLog: SagaStep<Voyage> {
        SagaStep(
            "open-log", name: "OpenLog", service: "voyages",
            compensation: SagaCompensation("CloseLog") { transaction, _, run in
                try transaction.execute(write, "closed: \(run.reason)")
                return []
            }
        ) { transaction, voyage, run in
            try transaction.execute(write, "opened: \(run.subject)")
            voyage.text = "opened"
            return []
        }
    }

    private static var loadCargo: SagaStep<Voyage> {
        SagaStep(
            "load-cargo", name: "LoadCargo", service: "harbour",
            exchange: SagaExchange(resendAfter: resend, giveUpAfter: giveUp) { voyage, run in
                try Outgoing(LoadCargo(voyage.text), subject: run.subject)
            } replies: {
                SagaReply<Voyage>.done(CargoLoaded.self) { _, voyage, _, reply in
                    voyage.text += ", \(reply.text)"
                    return []
                }
                SagaReply<Voyage>.judged(CargoRefused.self) { _, voyage, _, reply in
                    voyage.text += ", judged"
                    return reply.text == "yesterday's" ? .ignored : .refused(reason: reply.text)
                }
            },
            compensation: SagaCompensation(
                "UnloadCargo",
                exchange: SagaExchange(resendAfter: resend, giveUpAfter: giveUp) { _, run in
                    try Outgoing(UnloadCargo(run.reason), subject: run.subject)
                } replies: {
                    SagaReply<Voyage>.done(CargoUnloaded.self)
                    SagaReply<Voyage>.refused(UnloadingFailed.self) { _, _, _, reply in reply.text }
                }))
    }

    private static var hireCrew: SagaStep<Voyage> {
        SagaStep(
            "hire-crew", name: "HireCrew", service: "tavern",
            exchange: SagaExchange(resendAfter: resend, giveUpAfter: giveUp) { voyage, run in
                try Outgoing(HireCrew(voyage.text), subject: run.subject)
            } replies: {
                SagaReply<Voyage>.done(CrewHired.self)
                SagaReply<Voyage>.refused(CrewRefused.self) { _, _, _, reply in reply.text }
            },
            compensation: SagaCompensation(
                "DismissCrew",
                exchange: SagaExchange(resendAfter: resend, giveUpAfter: giveUp) { _, run in
                    try Outgoing(DismissCrew(run.reason), subject: run.subject)
                } replies: {
                    SagaReply<Voyage>.done(CrewDismissed.self)
                    SagaReply<Voyage>.refused(CrewStays.self) { _, _, _, reply in reply.text }
                }))
    }

    private static var setSail: SagaStep<Voyage> {
        SagaStep(
            "set-sail", name: "SetSail", service: "harbour", kind: .pivot,
            exchange: SagaExchange(resendAfter: resend, giveUpAfter: giveUp) { voyage, run in
                try Outgoing(SetSail(voyage.text), subject: run.subject)
            } replies: {
                SagaReply<Voyage>.done(Sailed.self)
                SagaReply<Voyage>.refused(StormWarning.self) { _, _, _, reply in reply.text }
            })
    }

    private static var sendReport: SagaStep<Voyage> {
        SagaStep(
            "send-report", name: "SendReport", service: "office", kind: .retriable,
            exchange: SagaExchange(resendAfter: resend, giveUpAfter: giveUp) { voyage, run in
                try Outgoing(SendReport(voyage.text), subject: run.subject)
            } replies: {
                SagaReply<Voyage>.done(ReportReceived.self)
                SagaReply<Voyage>.refused(ReportRefused.self) { _, _, _, reply in reply.text }
            })
    }
}
