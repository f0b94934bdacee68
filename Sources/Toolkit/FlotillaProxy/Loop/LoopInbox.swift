#if os(Linux)
    internal import Synchronization

    /// Where other threads leave what a loop has to do. Bounded by what is under way: each request has one response,
    /// and its parts wait for room (``ResponseChannel``).
    ///
    /// The bell is rung only for a loop that sleeps, so a busy loop gets any number of messages without a system
    /// call. Safe to share between threads.
    final class LoopInbox<Message: Sendable>: Sendable {
        private struct State {
            var messages: [Message] = []
            var isAsleep = false
            var isClosed = false
        }

        private let state = Mutex(State())
        private let bell: Bell

        init(bell: Bell) { self.bell = bell }

        /// - Returns: false when the loop has ended and nobody will read it.
        @discardableResult
        func post(_ message: Message) -> Bool {
            let (isTaken, wakes) = state.withLock { state in
                guard !state.isClosed else { return (false, false) }
                state.messages.append(message)
                defer { state.isAsleep = false }
                return (true, state.isAsleep)
            }
            if wakes { bell.ring() }
            return isTaken
        }

        /// Called by the loop before it waits.
        ///
        /// - Returns: false when there is something to do already.
        func fallAsleep() -> Bool {
            state.withLock { state in
                state.isAsleep = state.messages.isEmpty
                return state.isAsleep
            }
        }

        /// Everything that was left since, in its order. Called by the loop when it wakes.
        ///
        /// - Parameter batch: gets it; what it held is gone, its memory serves for the next.
        func take(into batch: inout [Message]) {
            batch.removeAll(keepingCapacity: true)
            state.withLock { state in
                state.isAsleep = false
                swap(&state.messages, &batch)
            }
        }

        func close() {
            state.withLock { state in
                state.isClosed = true
                state.messages = []
            }
        }
    }
#endif
