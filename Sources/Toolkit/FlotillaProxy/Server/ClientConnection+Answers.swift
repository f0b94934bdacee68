#if os(Linux)
    internal import FlotillaCore

    extension ClientConnection {
        /// Takes what a task has for the client.
        func take(_ content: ExchangeMessage.Content) {
            switch content {
            case .whole(let head, let body):
                write(head, body)
                endExchange()
            case .begin(let head): beginStream(head)
            case .part(let bytes): writePart(bytes)
            case .end:
                if isChunked { output.append("0\r\n\r\n") }
                endExchange()
            case .decided(let decision): decided(decision)
            case .broken:
                // What there is of a body in chunks goes out, and is seen to be not all.
                guard isChunked else { return close(isBroken: true) }
                (phase, lingers) = (.closing, false)
            }
        }

        private func beginStream(_ head: AnswerHead) {
            // A server that stops has no time for a stream.
            guard !server.loop.isDraining else { return close() }
            let hasBody = head.mayHaveBody && !isHead
            isChunked = hasBody && !isOldVersion
            if hasBody, isOldVersion { keepsAlive = false }
            writeHead(head, length: nil)
            guard hasBody else {
                channel?.giveEnd()
                return endExchange()
            }
            phase = .streaming
            // Nobody sends a request, and goes, and wants to hear for ever.
            if hasClientEnded { channel?.giveEnd() }
        }

        private func writePart(_ bytes: [UInt8]) {
            guard phase == .streaming else { return }
            partBytes += bytes.count
            if isChunked {
                output.append(hexadecimal: bytes.count)
                output.append("\r\n")
            }
            output.append(bytes)
            if isChunked { output.append("\r\n") }
        }

        /// A whole answer.
        func write(_ head: AnswerHead, _ body: [UInt8]) {
            let hasBody = head.mayHaveBody && !isHead
            let length = head.mayHaveBody ? body.count : nil
            writeHead(head, length: hasBody ? length : head.lengthOfAbsentBody ?? length)
            if hasBody { output.append(body) }
        }

        private func writeHead(_ head: AnswerHead, length: Int?) {
            if server.loop.isDraining { keepsAlive = false }
            output.append(head.lines)
            output.append(server.dateLine())
            if let length {
                output.append("Content-Length: ")
                output.append(decimal: length)
                output.append("\r\n")
            }
            if isChunked { output.append("transfer-encoding: chunked\r\n") }
            if !keepsAlive {
                output.append("connection: close\r\n")
            } else if isOldVersion {
                output.append("connection: keep-alive\r\n")
            }
            output.append("\r\n")
        }

        /// The answer is written; the connection is for the next request, if there is to be one.
        func endExchange() {
            channel = nil
            partBytes = 0
            isChunked = false
            held = nil
            let isBodyOver = incoming.left == 0
            if !keepsAlive, !isStream {
                lingers = !isBodyOver
                phase = .closing
            } else if isBodyOver {
                beginHead()
            } else {
                phase = .skipping
                phaseBegan = server.loop.now
            }
        }

        /// The upstream's answer is passed on whole.
        func forwardingEnded(isRequestSent: Bool) {
            forwarding = nil
            if isRequestSent { incoming.left = 0 }
            endExchange()
        }

        /// The upstream has not answered.
        ///
        /// - Parameter headSize: while the request's head is in the input.
        func refuseForwarded(_ failure: UpstreamFailure, headSize: Int?, isRequestSent: Bool) {
            let forwarded = forwarding
            forwarding = nil
            if let forwarded, let headSize { hold(forwarded.head, headSize) }
            if isRequestSent { incoming.left = 0 }
            refuse(.upstream(failure), isLast: !isRequestSent, forwarded?.forward)
        }

        /// Answers a request whose body cannot be read on.
        func refuseWhileForwarded(_ refusal: RequestRefusal) {
            let forward = forwarding?.forward
            forwarding = nil
            refuse(refusal, forward)
        }

        /// Is ready for the next request.
        func beginHead() {
            // A stream has one request only.
            let isLast = isStream || server.loop.isDraining && input.isEmpty
            if isLast { lingers = false }
            phase = isLast ? .closing : .head
            phaseBegan = server.loop.now
            // The head of a stream's answer is still to be read by this.
            if isStream { return }
            exchange = 0
            (isHead, isOldVersion) = (false, false)
        }

        /// Answers a request that is not taken.
        ///
        /// - Parameters:
        ///   - isLast: whether what comes after it on the connection cannot be read.
        ///   - forward: how it was forwarded, if it was.
        func refuse(_ refusal: RequestRefusal, isLast: Bool = true, _ forward: Forward? = nil) {
            var answer: ReadyAnswer
            if let held {
                answer = held.bytes.withUnsafeBytes {
                    server.door.refuse(
                        refusal, RequestView(held.head, $0, from: origin, isBodyHere: false))
                }
            } else {
                answer = server.door.refuse(refusal, nil)
            }
            if isLast { keepsAlive = false }
            if let forward {
                answer.head.add(lines: forward.rules.answerLines)
                answer.head.add(lines: forward.answerLines)
            }
            write(answer.head, answer.body)
            endExchange()
            if isLast, !isStream { (phase, lingers) = (.closing, true) }
        }
    }
#endif
