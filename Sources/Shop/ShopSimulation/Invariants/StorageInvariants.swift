internal import FlotillaSimulation
internal import FlotillaStorage

/// A transaction is there when it was said to be, and not at all when it failed, whatever the disk and its neighbours
/// in the same commit do.
enum StorageInvariants {
    static func all(_ diary: Diary) -> [Invariant] {
        [
            Invariant("what was committed is there, what failed is not", .always) { lab in
                try await lab.read(Witness.name) { try diary.problem(in: $0) }
            },
            Invariant("who has lost a lease commits nothing", .always) { lab in
                try await lab.read(Witness.name) { try Watch.problem(in: $0) }
            },
        ]
    }
}
