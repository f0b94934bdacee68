import CLoad
import Foundation

/// Many customers in one thread: sockets that do not block, and epoll. Connections are kept.
///
/// In the open loop customers come at random moments, whether or not others were answered, and latency counts from the
/// moment they came: a shop that answers late gets no mercy from a load that waits for it. A customer
/// whose connection is not free waits; after ``patience`` the wish is lost. Used by one thread at a time.
///
/// The load has to be able to ask for twice as much as the Shop can do: what is asked for often is written beforehand,
/// answers are read without copying them, and only sockets with something to read are looked at.
final class OpenLoadGenerator: @unchecked Sendable {
    static let patience = 1.0

    /// When the next customers come.
    enum Pace {
        /// So many at once, the next when one has been served.
        case closed(width: Int)
        /// So many a second, at random.
        case open(rate: Double)
    }

    private struct Job {
        var wish: Wish
        var due: Double
        var number: Int
    }

    private final class Connection {
        var descriptor: Int32 = -1
        /// The part of a request that did not fit into the socket at once: rare, for requests are small.
        var unsent: [UInt8] = []
        /// The part of an answer that has come so far, when it does not come at once.
        var received: [UInt8] = []
        var job: Job?
    }

    private let port: Int
    private let script: LoadScript
    private var connections: [Connection] = []
    private var idle: [Int] = []
    private var unsent: Set<Int> = []
    private let sockets: Int32
    private var ready = [UInt32](repeating: 0, count: 256)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    private var random = SplitMix(seed: 42)
    private var numbers = 0
    private var figures = PhaseFigures()
    private var began = 0.0

    init(port: Int, connections count: Int, script: LoadScript) throws {
        self.port = port
        self.script = script
        sockets = load_set_make()
        guard sockets >= 0 else { throw BenchFailure("cannot wait for sockets: errno \(errno)") }
        for index in 0..<count {
            connections.append(Connection())
            try open(index)
            idle.append(index)
        }
    }

    deinit {
        for connection in connections { close(connection.descriptor) }
        close(sockets)
        buffer.deallocate()
    }

    /// Sends one phase of load and waits until everything is answered or lost.
    ///
    /// - Parameter only: all customers want this; nil: the mix.
    func run(_ pace: Pace, seconds: Double, only: Wish? = nil, name: String) throws -> PhaseFigures {
        figures = PhaseFigures()
        figures.seconds = seconds
        let bins = Int((seconds * 10).rounded(.up)) + 1
        (figures.offeredAt, figures.goodAt) = (Array(repeating: 0, count: bins), Array(repeating: 0, count: bins))
        let cpu = Self.threadCPU()
        began = Self.now()
        let end = began + seconds
        var queue: [Job] = []
        var head = 0
        var next = began
        while true {
            let now = Self.now()
            let isOver = now >= end
            switch pace {
            case .open(let rate):
                while next < min(now, end) {
                    queue.append(offer(only, due: next))
                    next += random.exponential(1 / rate)
                }
            case .closed(let width):
                while !isOver, connections.count - idle.count + queue.count - head < width {
                    queue.append(offer(only, due: now))
                }
            }
            while head < queue.count, !idle.isEmpty || now - queue[head].due > Self.patience {
                let job = queue[head]
                head += 1
                if now - job.due > Self.patience {
                    figures.wishes[job.wish.rawValue].late += 1
                } else {
                    try send(job, name)
                }
            }
            if head > 10_000 {
                queue.removeFirst(head)
                head = 0
            }
            if isOver, head == queue.count, idle.count == connections.count { break }
            // Answers that never come within a minute would be a defect of the shop.
            if now > end + 60 { throw BenchFailure("\(connections.count - idle.count) requests are never answered") }
            try obeyAll()
        }
        figures.loadCPU = Self.threadCPU() - cpu
        return figures
    }

    /// Waits a millisecond at most for those that wait for answers.
    private func obeyAll() throws {
        for index in unsent.sorted() { try flush(index) }
        var wait: Int32 = 1
        while true {
            let count = Int(load_set_wait(sockets, &ready, Int32(ready.count), wait))
            guard count >= 0 else { throw BenchFailure("cannot wait for sockets: errno \(errno)") }
            for position in 0..<count { try receive(Int(ready[position])) }
            if count < ready.count { return }
            wait = 0
        }
    }

    private func offer(_ only: Wish?, due: Double) -> Job {
        numbers += 1
        let wish = only ?? Wish.random(random.unit())
        figures.wishes[wish.rawValue].offered += 1
        figures.offeredAt[bin(due)] += 1
        return Job(wish: wish, due: due, number: numbers)
    }

    private func bin(_ due: Double) -> Int { min(figures.offeredAt.count - 1, max(0, Int((due - began) * 10))) }

    private func send(_ job: Job, _ name: String) throws {
        let index = idle.removeLast()
        let connection = connections[index]
        connection.job = job
        let bytes = script.bytes(job.wish, number: job.number, run: name, &random)
        let count = bytes.withUnsafeBytes { write(connection.descriptor, $0.baseAddress, $0.count) }
        guard count != bytes.count else { return }
        guard count >= 0 || errno == EAGAIN else { return try lose(index, "broke while sending") }
        connection.unsent = Array(bytes[max(0, count)...])
        unsent.insert(index)
    }

    private func flush(_ index: Int) throws {
        let connection = connections[index]
        let count = connection.unsent.withUnsafeBytes { write(connection.descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 || errno == EAGAIN else { return try lose(index, "broke while sending") }
        connection.unsent.removeFirst(max(0, count))
        if connection.unsent.isEmpty { unsent.remove(index) }
    }

    private func receive(_ index: Int) throws {
        let connection = connections[index]
        let count = read(connection.descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else {
            if count < 0, errno == EAGAIN { return }
            return try lose(index, "was closed")
        }
        let answer: HTTPAnswer?
        if connection.received.isEmpty {
            answer = HTTPAnswer(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            if answer == nil { connection.received.append(contentsOf: buffer[..<count]) }
        } else {
            connection.received.append(contentsOf: buffer[..<count])
            answer = connection.received.withUnsafeBytes { HTTPAnswer($0) }
            if answer != nil { connection.received.removeAll(keepingCapacity: true) }
        }
        guard let answer else { return }
        finish(index, answer)
        if answer.closes {
            close(connection.descriptor)
            try open(index)
        }
    }

    private func finish(_ index: Int, _ answer: HTTPAnswer) {
        let connection = connections[index]
        guard let job = connection.job else { return }
        connection.job = nil
        idle.append(index)
        let took = Self.now() - job.due
        let place = job.wish.rawValue
        switch answer.status {
        case 200..<300 where took <= Self.patience:
            figures.wishes[place].good += 1
            figures.wishes[place].kept += answer.isKept ? 1 : 0
            figures.wishes[place].latencies.add(took)
            figures.goodAt[bin(job.due)] += 1
        case 200..<300: figures.wishes[place].late += 1
        case 503: figures.wishes[place].shed += 1
        default:
            figures.wishes[place].failed += 1
            if figures.firstFailure == nil { figures.firstFailure = "\(job.wish): \(answer.status)" }
        }
    }

    private func lose(_ index: Int, _ reason: String) throws {
        let connection = connections[index]
        close(connection.descriptor)
        if let job = connection.job {
            figures.wishes[job.wish.rawValue].failed += 1
            if figures.firstFailure == nil { figures.firstFailure = "\(job.wish): the connection \(reason)" }
            connection.job = nil
            idle.append(index)
        }
        try open(index)
    }

    private func open(_ index: Int) throws {
        let connection = connections[index]
        (connection.unsent, connection.received) = ([], [])
        unsent.remove(index)
        connection.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(
            connection.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw BenchFailure("cannot connect to port \(port)") }
        _ = fcntl(connection.descriptor, F_SETFL, O_NONBLOCK)
        guard load_set_add(sockets, connection.descriptor, UInt32(index)) == 0 else {
            throw BenchFailure("cannot wait for a socket: errno \(errno)")
        }
    }

    private static func now() -> Double { clock(CLOCK_MONOTONIC) }
    private static func threadCPU() -> Double { clock(CLOCK_THREAD_CPUTIME_ID) }

    private static func clock(_ id: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(id, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
