extension KnownSeed {
    /// One for each mechanism of resilience that a storm can be without, in the order of
    /// `shop sim --scenario storm --mutate list`; each with the storm in which it is found. The minutes do not matter.
    public static let storms: [(storm: String, seed: KnownSeed)] = [
        ("retry-storm", KnownSeed("no-retry-budget", 12, minutes: 1)),
        ("retry-storm", KnownSeed("breaker-stays-open", 5, minutes: 1)),
        ("retry-storm", KnownSeed("breaker-counts-refusals", 5, minutes: 1)),
        ("slow-dependency", KnownSeed("repeats-unsafe-calls", 1, minutes: 1)),
        ("retry-storm", KnownSeed("no-timeout", 5, minutes: 1)),
        ("cold-cache", KnownSeed("no-bulkhead", 1, minutes: 1)),
        ("retry-storm", KnownSeed("unprotected", 1, minutes: 1)),
        ("overload", KnownSeed("no-door", 1, minutes: 1)),
        ("overload", KnownSeed("limit-counts-refusals", 1, minutes: 1)),
        ("overload", KnownSeed("limit-never-forgets", 1, minutes: 1)),
        ("overload", KnownSeed("limit-never-grows", 1, minutes: 1)),
        ("overload", KnownSeed("priority-ignored", 1, minutes: 1)),
        ("overload", KnownSeed("permits-leak", 2, minutes: 1)),
    ]
}
