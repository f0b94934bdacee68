internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

/// The commands of one order in every order, each as often as it likes.
@Suite("Commands in any order") struct CommandOrderTests {
    enum Command: String, CaseIterable, Sendable {
        case reserve, commit, release
    }

    /// What ought to happen, said independently of the tables.
    private struct Model {
        var state: Reservation.State?

        mutating func obey(_ command: Command) -> StockRoom.Reply {
            switch (command, state) {
            case (.reserve, nil), (.reserve, .reserved), (.reserve, .committed):
                state = state ?? .reserved
                return .reserved(["apple": 2, "pear": 1])
            case (.reserve, _): return .failed(reason: "released", product: "")
            case (.commit, .reserved), (.commit, .committed):
                state = .committed
                return .committed
            case (.commit, nil): return .failed(reason: "not-reserved", product: "")
            case (.commit, _): return .failed(reason: "released", product: "")
            case (.release, _):
                state = .released
                return .released
            }
        }

        /// Pieces of `apple` on hand and reserved, of 10.
        var apples: (onHand: Int, reserved: Int) {
            switch state {
            case .reserved: (10, 2)
            case .committed: (8, 0)
            default: (10, 0)
            }
        }
    }

    private static let sequences: [[Command]] = {
        var all: [[Command]] = [[]]
        var longest: [[Command]] = [[]]
        for _ in 0..<4 {
            longest = longest.flatMap { sequence in Command.allCases.map { sequence + [$0] } }
            all += longest
        }
        return all.filter { $0.count == 4 }
    }()

    @Test("each sequence of four commands ends in the right state", arguments: sequences)
    func sequence(commands: [Command]) async throws {
        let room = try await StockRoom(stock: ["apple": 10, "pear": 3])
        var model = Model()
        for command in commands {
            let answer =
                switch command {
                case .reserve: try await room.reserve("o1", [("apple", 2), ("pear", 1)])
                case .commit: try await room.commit("o1")
                case .release: try await room.release("o1")
                }
            #expect(answer.reply == model.obey(command))
            let apples = try await room.stock("apple")
            #expect((apples.onHand, apples.reserved) == model.apples)
        }
    }

    @Test("a reservation that failed can be released, and stays failed")
    func failedThenReleased() async throws {
        let room = try await StockRoom(stock: ["apple": 1])
        _ = try await room.reserve("o1", [("apple", 2)])
        #expect(try await room.release("o1").reply == .released)
        #expect(try await room.commit("o1").reply == .failed(reason: "sold-out", product: "apple"))
        #expect(try await room.reserve("o1", [("apple", 1)]).reply == .failed(reason: "sold-out", product: "apple"))
        #expect(try await room.stock("apple") == ProductStock(productID: "apple", onHand: 1, reserved: 0))
    }
}
