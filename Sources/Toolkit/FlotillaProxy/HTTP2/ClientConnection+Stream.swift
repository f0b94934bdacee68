#if os(Linux)
    internal import FlotillaCore

    /// What is different when the connection is one stream among others (``HTTP2Stream``): input comes by itself, and
    /// the answer is taken apart again, since HTTP/2 has another form for it.
    extension ClientConnection {
        /// Begins anew, for another request.
        func serve(_ id: Int32, of connection: HTTP2Connection, _ stream: HTTP2Stream) {
            stream.begin(id, on: connection)
            begin(from: connection.origin)
        }

        /// Takes what has come of the request's body.
        func fill(from stream: HTTP2Stream) -> Bool {
            guard !stream.staged.isEmpty else {
                flush()
                return false
            }
            if input.isEmpty {
                swap(&input, &stream.staged)
            } else {
                input.append(stream.staged.readable)
                stream.staged.removeAll()
            }
            stream.stagedTaken()
            return true
        }

        /// Gives what there is of the answer to the connection.
        ///
        /// - Returns: whether everything is gone.
        func flush(to stream: HTTP2Stream) -> Bool {
            while stream.stage == .head, !output.isEmpty {
                guard passHead(stream) else { return false }
            }
            if !output.isEmpty { stream.bodyGrew() }
            return output.isEmpty
        }

        /// - Returns: false when there was none.
        private func passHead(_ stream: HTTP2Stream) -> Bool {
            switch server.answerParser.parse(output.readable, to: isHead ? .head : .get) {
            case .head(let size):
                stream.connection?.submit(server.answerParser.head, output.readable, on: stream)
                output.consume(size)
                return true
            case .incomplete:
                // What is written here is written whole.
                server.answerParser.reset()
                return false
            case .refused:
                server.answerParser.reset()
                close(isBroken: true)
                return false
            }
        }
    }
#endif
