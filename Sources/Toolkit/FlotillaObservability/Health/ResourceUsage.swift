/// What this process and its machine use now.
public struct ResourceUsage: Sendable, Hashable {
    /// CPU time of this process since its start, user and system together, in seconds.
    public var cpuSeconds: Double
    /// The 1-minute load of the machine per core: 1 is fully used.
    public var loadPerCore: Double
    /// Memory of this process that is in RAM.
    public var residentBytes: Int
    /// Memory of the machine; 0 when unknown.
    public var memoryTotalBytes: Int
    /// How much of it can still be had; 0 when unknown.
    public var memoryAvailableBytes: Int
    /// The disk with the data; 0 when no path was given or it cannot be asked.
    public var diskTotalBytes: Int
    /// What is left there for this user.
    public var diskFreeBytes: Int
    /// Files and sockets this process has open; 0 when unknown.
    public var openFileCount: Int
    /// Threads of this process; 0 when unknown.
    public var threadCount: Int

    /// All zero.
    public init() {
        cpuSeconds = 0
        loadPerCore = 0
        residentBytes = 0
        memoryTotalBytes = 0
        memoryAvailableBytes = 0
        diskTotalBytes = 0
        diskFreeBytes = 0
        openFileCount = 0
        threadCount = 0
    }

    func write(to json: inout JSONText) {
        json.key("cpu")
        json.open()
        json.member("processSeconds", cpuSeconds)
        json.member("loadPerCore", loadPerCore)
        json.close()
        json.key("memory")
        json.open()
        json.member("residentBytes", residentBytes)
        json.member("totalBytes", memoryTotalBytes)
        json.member("availableBytes", memoryAvailableBytes)
        json.close()
        guard diskTotalBytes > 0 else { return }
        json.key("disk")
        json.open()
        json.member("totalBytes", diskTotalBytes)
        json.member("freeBytes", diskFreeBytes)
        json.close()
    }
}
