import CLoad
import Foundation

/// Which core is the Shop's and which is the load's, so that neither takes time from the other.
struct Cores: Sendable {
    /// One core each; nil where there is one core only, or the system lets nobody choose.
    private let split: (shop: Int, load: Int)?

    static func divided() -> Cores {
        let allowed = load_cores()
        let cores = (0..<64).filter { allowed & 1 << UInt64($0) != 0 }
        guard let first = cores.first, let last = cores.last, first != last else { return Cores(split: nil) }
        return Cores(split: (shop: last, load: first))
    }

    /// Keeps this thread, and what it starts, where the Shop is at home.
    func moveToShop() throws { try keep(split?.shop) }
    /// Keeps this thread, and what it starts, where the load is at home.
    func moveToLoad() throws { try keep(split?.load) }

    private func keep(_ core: Int?) throws {
        guard let core else { return }
        guard load_keep_to(1 << UInt64(core)) == 0 else {
            throw BenchFailure("cannot keep to core \(core): \(String(cString: strerror(errno)))")
        }
    }

    /// What is so, by the system's own word, for the table: looked up while both are at work.
    func description(ofShop process: Int32) throws -> String {
        guard let split else {
            return "the same cores for both, as there is one core or no affinity: the load takes from the Shop"
        }
        let threads = try Self.homes(of: process)
        guard !threads.isEmpty, threads.allSatisfy({ $0 == String(split.shop) }) else {
            throw BenchFailure("threads of the Shop are at home on cores \(Set(threads).sorted()), not \(split.shop)")
        }
        return "the Shop's \(threads.count) threads on core \(split.shop), the load on core \(split.load)"
    }

    /// The cores each thread of a process may run on.
    private static func homes(of process: Int32) throws -> [String] {
        let folder = "/proc/\(process)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { thread in
            // A thread may have ended since the folder was listed.
            guard let status = try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8) else {
                return nil
            }
            return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?
                .split(separator: "\t").last.map(String.init)
        }
    }

    /// Seconds the Shop's core has been busy, with whatever; nil when that cannot be known.
    func busySecondsOfShop() -> Double? {
        guard let split, let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("cpu\(split.shop) ") }
        let fields = line?.split(separator: " ").dropFirst().compactMap { Double($0) } ?? []
        // All but idle and waiting for the disk; what the host took from this machine (the eighth) counts too.
        guard fields.count >= 8 else { return nil }
        let ticks = fields[0...2].reduce(0, +) + fields[5...7].reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
