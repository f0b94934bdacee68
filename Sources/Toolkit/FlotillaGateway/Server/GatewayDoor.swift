#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import FlotillaProxy
    internal import FlotillaResilience
    internal import HTTPTypes

    /// Decides on the threads of a ``LoopServer`` about what comes to a gateway's port.
    struct GatewayDoor: RequestDoor {
        private let responder: any Responder
        /// The responder, where it can decide about a head.
        private let gateway: Gateway?
        private let refused: RefusedAnswers
        private let sheds: ShedAnswers

        init(
            _ responder: any Responder, limits: ServerLimits, headTimeout: Duration, world: World,
            telemetry: Telemetry?
        ) {
            self.responder = responder
            gateway = responder as? Gateway
            refused = RefusedAnswers(
                Refusals(limits: limits, world: world, telemetry: telemetry), headTimeout: headTimeout,
                telemetry: telemetry)
            sheds = ShedAnswers(world)
        }

        func decide(_ request: borrowing RequestView) -> DoorDecision {
            // How long a client takes to send a body says nothing about how much there is to do here.
            guard request.isBodyHere else { return .collect }
            guard let gateway else { return .respond { await answer($0, $1) } }
            let path = request.withBytes { request.head.path.isEmpty ? "/" : request.head.path.text(of: $0) }
            switch gateway.admit(method: request.methodName(), path: path) {
            case .shed(let shed):
                if shed.staleMax != nil {
                    let target = request.withBytes { request.head.target.text(of: $0) }
                    if let old = gateway.recall(target, insteadOf: shed) {
                        return .answer(sheds.answer(old, to: request))
                    }
                }
                gateway.turnedAway(shed)
                return .answer(sheds.answer(for: shed.error, to: request))
            case .entered(let entry):
                return .respond(priority: TaskPriority(entry.priority)) { arrived, channel in
                    let request = Request(arrived)
                    let response = await gateway.respond(to: request, entry)
                    await channel.send(response, AnswerHead(response), isHead: request.method == .head)
                }
            }
        }

        func refuse(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer {
            refused.answer(refusal, request)
        }

        private func answer(_ arrived: ArrivedRequest, _ channel: ResponseChannel) async {
            let request = Request(arrived)
            let response = await responder.respond(to: request)
            await channel.send(response, AnswerHead(response), isHead: request.method == .head)
        }
    }

    extension TaskPriority {
        /// That of the tasks which answer such requests.
        fileprivate init(_ priority: CallPriority) {
            switch priority {
            case .critical: self = .high
            case .standard: self = .medium
            case .background: self = .low
            }
        }
    }
#endif
