internal import FlotillaCore
internal import FlotillaStorage

/// Networks, brokers, disks and clocks that are bad for a while.
extension FaultInjector {
    func injectNetwork(_ kind: FaultKind, _ service: String, _ other: String, _ lasts: Duration) async throws {
        let network = lab.network
        switch kind {
        case .partition, .oneWayPartition:
            // A service reaches itself; the other end is then the gateway.
            let peer = other == service ? "gateway" : other
            note(kind, "\(service) and \(peer)")
            network.cut(from: service, to: peer)
            if kind == .partition { network.cut(from: peer, to: service) }
            try await lab.world.time.sleep(for: lasts)
            network.mend(from: service, to: peer)
            if kind == .partition { network.mend(from: peer, to: service) }
        case .slowNetwork:
            note(kind, "up to two seconds")
            network.conditions.delaySpread = .seconds(2)
            try await lab.world.time.sleep(for: lasts)
            network.conditions.delaySpread = SimulatedNetwork.Conditions().delaySpread
        default:
            note(kind, "a tenth of the calls")
            network.conditions.requestLoss = 0.04
            network.conditions.answerLoss = 0.04
            network.conditions.duplication = 0.04
            try await lab.world.time.sleep(for: lasts)
            network.conditions.requestLoss = 0
            network.conditions.answerLoss = 0
            network.conditions.duplication = 0
        }
    }

    func injectBroker(_ kind: FaultKind, _ lasts: Duration) async throws {
        let broker = lab.broker
        switch kind {
        case .brokerRestart:
            note(kind, "every subscription ends")
            broker.restart()
        case .slowBroker:
            note(kind, "up to three seconds")
            broker.conditions.delayMax = .seconds(3)
            try await lab.world.time.sleep(for: lasts)
            broker.conditions.delayMax = .zero
        default:
            lab.trace.note(Self.actor, "redelivery: every second delivery brings the one before again")
            broker.conditions.redelivery = 0.5
            try await lab.world.time.sleep(for: lasts)
            broker.conditions.redelivery = 0
        }
    }

    func injectMachine(_ kind: FaultKind, _ service: String, _ lasts: Duration) async throws {
        guard occupy(service), let machine = lab.machines[service] else { return }
        defer { release(service) }
        note(kind, service)
        switch kind {
        case .diskFull:
            machine.disk.limit(bytes: 0)
            try await lab.world.time.sleep(for: lasts)
            machine.disk.clearFaults()
        case .diskError:
            let operation: SimulatedDisk.Operation = random.int(in: 0...1) == 0 ? .write : .sync
            machine.disk.fail(operation, filesEndingWith: "", times: random.int(in: 1...6))
            try await lab.world.time.sleep(for: lasts)
            machine.disk.clearFaults()
        case .slowDisk:
            machine.pace.delayMax = .milliseconds(800)
            try await lab.world.time.sleep(for: lasts)
            machine.pace.delayMax = .milliseconds(1)
        default:
            machine.time.skew = .milliseconds(random.int(in: -30_000...30_000))
            try await lab.world.time.sleep(for: lasts)
            machine.time.skew = .zero
        }
    }
}
