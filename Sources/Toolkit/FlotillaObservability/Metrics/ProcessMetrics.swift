public import FlotillaCore

/// The standard metrics of a process, under the names all Prometheus clients use.
///
/// Call ``collect()`` before each exposition; it reads the operating system and sets the values.
public struct ProcessMetrics: Sendable {
    private let time: any TimeSource
    private let started: Duration
    private let cpuSeconds: Counter
    private let residentBytes: Gauge
    private let openFiles: Gauge
    private let threads: Gauge
    private let uptime: Gauge
    private let diskPath: String?
    private let diskFree: Gauge?

    /// - Parameter diskPath: where the data are; adds `flotilla_disk_free_bytes`.
    public init(registry: MetricsRegistry, world: World, diskPath: String? = nil) {
        time = world.time
        started = world.time.uptime
        self.diskPath = diskPath
        cpuSeconds = registry.counter("process_cpu_seconds_total", "User and system CPU time used, in seconds.")
        residentBytes = registry.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.")
        openFiles = registry.gauge("process_open_fds", "Files and sockets the process has open.")
        threads = registry.gauge("process_threads", "Threads of the process.")
        uptime = registry.gauge("process_uptime_seconds", "Time since the process started.")
        registry.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.")
            .set(Double(world.now.microseconds) / 1e6)
        diskFree = diskPath.map { _ in
            registry.gauge("flotilla_disk_free_bytes", "What is left on the disk with the data.")
        }
    }

    /// Sets the values to what is so now, and returns what was read.
    @discardableResult
    public func collect() -> ResourceUsage {
        let usage = ResourceUsage.read(diskPath: diskPath)
        cpuSeconds.cell.set(usage.cpuSeconds)
        residentBytes.set(usage.residentBytes)
        openFiles.set(usage.openFileCount)
        threads.set(usage.threadCount)
        uptime.set((time.uptime - started).inSeconds)
        diskFree?.set(usage.diskFreeBytes)
        return usage
    }
}
