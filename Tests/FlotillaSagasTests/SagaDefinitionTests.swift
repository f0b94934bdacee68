internal import FlotillaMessaging
internal import FlotillaSagas
internal import Testing

@Suite("a saga's definition")
struct SagaDefinitionTests {
    typealias Step = SagaStep<Voyage>

    @Test("is refused with everything that is wrong with it")
    func problems() {
        #expect(problems(of: []) == ["it has no steps"])
        #expect(problems(of: (1...33).map { local("s\($0)") }).contains { $0.contains("at most 32") })
        #expect(problems(of: [local("a"), local("a")]) == ["two steps are called 'a'"])
        #expect(
            problems(of: [local("a", .pivot), local("b", .compensatable)])
                == ["'b' comes after the pivot, so it must be retriable"])
        #expect(
            problems(of: [local("a", .compensatable, isCompensated: false), local("b")])
                == ["'a' has no compensation and stands before the pivot"])
        #expect(
            problems(of: [local("a", .retriable), local("b", .pivot)])
                == ["'a' is retriable but stands before the pivot"])
        #expect(problems(of: [local("a", .pivot), local("b", .pivot)]) == ["'b' is a second pivot"])
    }

    @Test("needs answers to its commands and to its compensations")
    func unanswered() {
        let mute = SagaExchange<Voyage> { voyage, run in
            try Outgoing(LoadCargo(voyage.text), subject: run.subject)
        } replies: {
        }
        let step = Step(
            "a", name: "A", service: "harbour", exchange: mute, compensation: SagaCompensation("B", exchange: mute))
        #expect(
            problems(of: [step, local("b")])
                == ["nothing answers 'a'", "nothing answers the compensation of 'a'"])
    }

    @Test("is taken when it is sound: the last step before the end needs no compensation")
    func sound() throws {
        _ = try SagaDefinition("t", steps: [local("a"), local("b", .compensatable, isCompensated: false)])
        _ = try SagaDefinition("t", steps: [local("a"), local("b", .pivot), local("c", .retriable)])
        _ = try VoyageService.definition()
    }

    private func problems(of steps: [Step]) -> [String] {
        do throws(any Error) {
            _ = try SagaDefinition("t", steps: steps)
            return []
        } catch let error as SagaDefinitionError {
            #expect(error.detail.contains("'t'"))
            return error.problems
        } catch {
            return ["another error: \(error)"]
        }
    }

    private func local(_ id: String, _ kind: Step.Kind = .compensatable, isCompensated: Bool = true) -> Step {
        let compensation = SagaCompensation<Voyage>("Undo") { _, _, _ in [] }
        let needsOne = kind == .compensatable && isCompensated
        return Step(id, name: id, service: "voyages", kind: kind, compensation: needsOne ? compensation : nil) {
            _, _, _ in []
        }
    }
}
