internal import NIOCore
internal import Synchronization

/// The connections on which a streamed response is being sent, so that streams without an end can be
/// ended when the server stops.
final class OpenStreams: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
        var isDrainOver = false
    }

    private let state = Mutex(State())

    /// Whether requests under way have had all the time they get.
    var isDrainOver: Bool { state.withLock { $0.isDrainOver } }

    func drainIsOver() { state.withLock { $0.isDrainOver = true } }

    /// - Returns: false when the server is stopping and no stream may begin.
    func open(_ channel: any Channel) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.channels[ObjectIdentifier(channel)] = channel }
            return !state.isClosed
        }
    }

    func close(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Ends all streams, and those that would begin later.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosed = true
            return Array(state.channels.values)
        }
        // With its input closed a stream is cancelled, as when the receiver had gone.
        for channel in channels { channel.close(mode: .input, promise: nil) }
    }
}
