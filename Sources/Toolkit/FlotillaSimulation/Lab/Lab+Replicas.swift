internal import FlotillaCore
public import FlotillaRuntime

/// Replicas of one service that come to grief one by one.
extension Lab {
    /// Everything that is stalled goes on; nothing of it can be ended otherwise.
    func goOn(_ service: String? = nil) {
        for replica in replicas where service ?? replica.service == replica.service {
            seats[replica]?.goOn()
        }
    }

    /// One replica's process dies: nothing it has not committed is kept, and its leases run out by themselves.
    func kill(_ replica: Replica) async {
        seats[replica]?.goOn()
        do { try await fleet?.kill(replica) } catch { trace.note("\(replica)", "was gone already: \(error)") }
    }

    /// One replica is stopped in good order.
    func stop(_ replica: Replica) async {
        seats[replica]?.goOn()
        do { try await fleet?.stop(replica) } catch { trace.note("\(replica)", "was gone already: \(error)") }
    }

    /// The replicas of the run that have others beside them, in their order.
    var replicas: [Replica] { seats.keys.sorted() }
}
