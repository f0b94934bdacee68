#if os(Linux)
    internal import FlotillaHTTP
    internal import FlotillaProxy

    extension ResponseChannel {
        /// Sends a response, whole or while it is made.
        ///
        /// - Parameters:
        ///   - head: made of it; its body is left out for `HEAD`.
        func send(_ response: Response, _ head: AnswerHead, isHead: Bool) async {
            switch response.body {
            case .bytes(let bytes): send(head, bytes)
            case .stream where isHead: begin(head)
            case .stream(let write):
                begin(head)
                await stream(write)
            }
        }

        /// Sends a body while it is made. One that fails, or whose receiver leaves, breaks off.
        private func stream(_ write: @escaping @Sendable (any ResponseBodyWriter) async throws -> Void) async {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        try await write(ChannelBodyWriter(channel: self))
                        return true
                    } catch {
                        // Whoever made the stream has told of it; the receiver sees that it is not whole.
                        return false
                    }
                }
                group.addTask {
                    await self.over()
                    return false
                }
                let isWhole = await group.next() == true
                group.cancelAll()
                if isWhole { end() } else { breakOff() }
            }
        }
    }

    private struct ChannelBodyWriter: ResponseBodyWriter {
        let channel: ResponseChannel
        func write(_ bytes: [UInt8]) async throws { try await channel.write(bytes) }
    }
#endif
