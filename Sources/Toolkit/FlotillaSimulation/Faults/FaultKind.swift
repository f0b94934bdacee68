/// What can go wrong in a simulated world.
public enum FaultKind: String, Sendable, Hashable, CaseIterable, Comparable {
    /// One service dies between two steps and comes back.
    case crash
    /// One service dies in the middle of a write to its disk, whose unsynced sectors may be torn.
    case crashMidCommit = "crash mid-commit"
    /// The whole process dies, every service in it at once.
    case crashAll = "crash of all"
    /// The services are stopped and started in order, one after another.
    case rollingRestart = "rolling restart"
    /// Two services cannot reach each other.
    case partition
    /// One service cannot reach another, which can reach it.
    case oneWayPartition = "one-way partition"
    /// Calls take long.
    case slowNetwork = "slow network"
    /// Calls and answers get lost and doubled.
    case lossyNetwork = "lossy network"
    case requestLost = "request lost"
    case requestDoubled = "request doubled"
    case answerLost = "answer lost"
    /// The broker goes away; its consumers have to subscribe again.
    case brokerRestart = "broker restart"
    /// Messages arrive late.
    case slowBroker = "slow broker"
    /// Messages arrive again.
    case redelivery
    /// One disk takes no more data.
    case diskFull = "disk full"
    /// One disk fails to read, write or sync some of the time.
    case diskError = "disk error"
    /// Commits of one service take long.
    case slowDisk = "slow disk"
    /// One service does its work hundreds of times as slowly: calls queue.
    case busyService = "busy service"
    /// The wall clock of one service is wrong.
    case clockSkew = "clock skew"

    /// One of several replicas is killed and comes back.
    case replicaCrash = "replica crash"
    /// Nothing of one replica goes on for a while; then it does, as if no time had passed.
    case replicaStall = "replica stall"
    /// One of several replicas is stopped in good order and comes back.
    case replicaRestart = "replica restart"
    /// The wall clock of one replica is wrong.
    case replicaClockSkew = "replica clock skew"

    public static func < (left: FaultKind, right: FaultKind) -> Bool { left.rawValue < right.rawValue }
}
