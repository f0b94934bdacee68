extension Ratchet {
    /// The exceptions of this repository.
    static let ours = Ratchet(entries: [])
}
