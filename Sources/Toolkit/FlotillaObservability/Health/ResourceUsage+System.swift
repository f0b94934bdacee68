#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

extension ResourceUsage {
    /// Asks the operating system; takes some tens of microseconds. What it does not tell stays 0.
    ///
    /// On Linux from /proc, elsewhere from getrusage.
    public static func read(diskPath: String? = nil) -> ResourceUsage {
        var usage = ResourceUsage()
        usage.readProcessTimes()
        usage.readLoad()
        #if os(Linux)
            usage.readProcessStatus()
            usage.readMemoryInfo()
            usage.openFileCount = countEntries("/proc/self/fd")
        #endif
        if let diskPath { usage.readDisk(diskPath) }
        return usage
    }

    private mutating func readProcessTimes() {
        var times = rusage()
        #if os(Linux)
            guard getrusage(RUSAGE_SELF.rawValue, &times) == 0 else { return }
        #else
            guard getrusage(RUSAGE_SELF, &times) == 0 else { return }
            residentBytes = Int(times.ru_maxrss)
        #endif
        let seconds = Double(times.ru_utime.tv_sec) + Double(times.ru_stime.tv_sec)
        cpuSeconds = seconds + Double(times.ru_utime.tv_usec) / 1e6 + Double(times.ru_stime.tv_usec) / 1e6
    }

    private mutating func readLoad() {
        var load = [0.0]
        guard getloadavg(&load, 1) == 1 else { return }
        loadPerCore = load[0] / Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    private mutating func readDisk(_ path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return }
        diskTotalBytes = Int(status.f_blocks) * Int(status.f_frsize)
        diskFreeBytes = Int(status.f_bavail) * Int(status.f_frsize)
    }

    #if os(Linux)
        /// `VmRSS: 1234 kB`, `Threads: 8`.
        private mutating func readProcessStatus() {
            let lines = smallFile("/proc/self/status")
            residentBytes = number(after: "VmRSS:", in: lines) * 1_024
            threadCount = number(after: "Threads:", in: lines)
        }

        private mutating func readMemoryInfo() {
            let lines = smallFile("/proc/meminfo")
            memoryTotalBytes = number(after: "MemTotal:", in: lines) * 1_024
            memoryAvailableBytes = number(after: "MemAvailable:", in: lines) * 1_024
        }
    #endif
}

#if os(Linux)
    /// The lines of a file of at most 16 KiB; none when it cannot be read.
    private func smallFile(_ path: String) -> [Substring] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < 16_384 {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    private func number(after label: String, in lines: [Substring]) -> Int {
        guard let line = lines.first(where: { $0.hasPrefix(label) }) else { return 0 }
        let words = line.dropFirst(label.utf8.count).split(whereSeparator: { $0 == " " || $0 == "\t" })
        return words.first.flatMap { Int($0) } ?? 0
    }

    private func countEntries(_ path: String) -> Int {
        guard let folder = opendir(path) else { return 0 }
        defer { _ = closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // `.` and `..` are not open files.
            if entry.pointee.d_name.0 != 46 { count += 1 }
        }
        // The folder itself was open while it was counted.
        return max(0, count - 1)
    }
#endif
