/// What every `InstanceDirectory` promises: instances are known to everybody as long as their heartbeats come, and
/// whoever waits hears of every change.
public enum DirectoryContract {
    /// All promises.
    public static let cases: [ContractCase<DirectoryEngine>] = knowing + watching + announcing
}
