/// What every engine behind `Database` promises: atomic writes that share commits and are told after
/// them, snapshots for readers, schema steps that are applied once, values that come back as they went in.
public enum DatabaseContract {
    /// All promises.
    public static let cases: [ContractCase<DatabaseEngine>] =
        groups + queue + reads + migrations + values
}
