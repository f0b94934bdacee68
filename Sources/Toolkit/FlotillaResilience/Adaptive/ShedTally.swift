/// What an adaptive limit has done since its start.
struct ShedTally: Sendable, Hashable {
    /// A number for each priority.
    struct Counts: Sendable, Hashable {
        private var critical = 0
        private var standard = 0
        private var background = 0

        subscript(_ priority: CallPriority) -> Int {
            get {
                switch priority {
                case .critical: critical
                case .standard: standard
                case .background: background
                }
            }
            set {
                switch priority {
                case .critical: critical = newValue
                case .standard: standard = newValue
                case .background: background = newValue
                }
            }
        }
    }

    var admitted = Counts()
    var shed = Counts()
    /// Times the limit fell.
    var falls = 0
    /// Times the baseline was measured anew under load.
    var probes = 0
}
