#if os(Linux)
    internal import FlotillaCore

    extension Forwarding {
        /// Passes on what can be passed on now, in both directions.
        ///
        /// - Returns: whether anything was.
        func move() -> Bool {
            guard let connection, connection.stage == .ready else { return false }
            if answerStage == .tunnel { return moveTunnel(connection) }
            // Makes room; if it fails, the attempt below does as well.
            _ = connection.flush()
            var hasMoved = !isRequestSent && moveRequest(connection)
            guard self.connection === connection else { return true }
            if hasMoved { connection.awaitInput() }
            if !connection.flush(), answerStage == .head, connection.fill() != .more {
                // It takes nothing more and has said nothing.
                lost()
                return true
            }
            if moveAnswer(connection) { hasMoved = true }
            return hasMoved
        }

        // MARK: Request

        private func moveRequest(_ connection: UpstreamConnection) -> Bool {
            var hasMoved = false
            while !isRequestSent, connection.output.count <= Self.bufferedMax {
                if client.input.isEmpty {
                    guard client.fill(), !client.input.isEmpty else {
                        if client.phase != .closed, client.isInputOver { breakOff(nil) }
                        return hasMoved
                    }
                }
                if let refusal = moveRequestPart(connection) {
                    refuseClient(refusal)
                    return true
                }
                hasMoved = true
            }
            return hasMoved
        }

        /// - Returns: why what comes from the client is no body; nil when it is.
        private func moveRequestPart(_ connection: UpstreamConnection) -> WireRefusal? {
            if let left = client.incoming.left {
                let count = min(left, client.input.count)
                connection.output.append(UnsafeRawBufferPointer(rebasing: client.input.readable[..<count]))
                client.input.consume(count)
                client.incoming.left = left - count
                isRequestSent = left == count
                return nil
            }
            switch client.incoming.chunks.step(client.input.readable) {
            case .incomplete(let consumed): client.input.consume(consumed)
            case .payload(let range):
                connection.output.append(hexadecimal: range.count)
                connection.output.append("\r\n")
                connection.output.append(UnsafeRawBufferPointer(rebasing: client.input.readable[range]))
                connection.output.append("\r\n")
                client.input.consume(range.upperBound)
            case .end(let consumed):
                client.input.consume(consumed)
                connection.output.append("0\r\n\r\n")
                client.incoming.left = 0
                isRequestSent = true
            case .refused(let refusal): return refusal
            }
            return nil
        }

        // MARK: Answer

        private func moveAnswer(_ connection: UpstreamConnection) -> Bool {
            var hasMoved = false
            var needsInput = false
            while self.connection === connection, client.output.count <= Self.bufferedMax {
                if needsInput || connection.input.isEmpty {
                    switch connection.fill() {
                    case .more: connection.awaitInput()
                    case .notNow: return hasMoved
                    case .ended, .failed:
                        answerEnded(connection)
                        return true
                    }
                }
                needsInput = answerStage == .head && !readHead(connection)
                if needsInput { continue }
                if answerStage == .tunnel { return true }
                if answerStage == .body, self.connection === connection, !connection.input.isEmpty {
                    moveAnswerPart(connection)
                }
                hasMoved = true
            }
            return hasMoved
        }

        /// - Returns: whether there was a head.
        private func readHead(_ connection: UpstreamConnection) -> Bool {
            switch connection.parser.parse(connection.input.readable, to: head.method) {
            case .incomplete: return false
            case .refused:
                attemptFailed(.unreadable)
                return true
            case .head(let size):
                guard isWanted(connection.parser.head) else {
                    attemptFailed(.unreadable)
                    return true
                }
                if isAnswerRepeated(connection, size) { return true }
                takeHead()
                passHead(connection)
                connection.input.consume(size)
                if answerStage == .body, answerFraming.isEmpty { finish() }
                return true
            }
        }

        /// Whether an answer may be what it is: an upgrade nobody asked for would give the upstream the client's
        /// connection, and interim answers without end keep the patience from ending.
        private func isWanted(_ answer: ResponseHead) -> Bool {
            if answer.isInterim { interimAnswers += 1 }
            return interimAnswers <= Self.interimAnswersMax && (answer.status != 101 || head.upgrade != nil)
        }

        private func passHead(_ connection: UpstreamConnection) {
            let answer = connection.parser.head
            let server = client.server
            if answer.isInterim, client.isOldVersion { return }
            server.responseRewrite.clientVersion = head.version
            server.responseRewrite.isHead = client.isHead
            // An answer before the whole request: the rest of it is not waited for.
            client.keepsAlive = client.keepsAlive && (isRequestSent || answer.isInterim) && !server.loop.isDraining
            server.responseRewrite.keepsAlive = client.keepsAlive
            server.responseRewrite.passesUpgrade = head.upgrade != nil
            server.responseRewrite.removingNames = forward.rules.answerWithout
            if answer.status >= 200, answer.first(.date) == nil { server.responseRewrite.date = server.dateText() }
            answer.write(to: &client.output, from: connection.input.readable, server.responseRewrite)
            if !answer.isInterim { writeLines() }
            client.output.endHead()
            if answer.isInterim { return }
            status = answer.status
            headTook = now - attemptBegan
            connection.answerBegan()
            if answer.status == 101 {
                answerStage = .tunnel
                connection.awaitTunnel()
                return
            }
            keepsUpstream = answer.keepsAlive
            client.keepsAlive = answer.keepsClient(server.responseRewrite)
            answerStage = .body
            answerFraming = client.isHead ? .none : answer.framing
            outFraming = answer.framing(server.responseRewrite)
            if case .length(let count) = answerFraming { answerLeft = count }
        }

        private func writeLines() {
            if !forward.rules.answerLines.isEmpty { client.output.append(forward.rules.answerLines) }
            if !forward.answerLines.isEmpty { client.output.append(forward.answerLines) }
        }

        private func moveAnswerPart(_ connection: UpstreamConnection) {
            switch answerFraming {
            case .none: break
            case .length:
                let count = min(answerLeft, connection.input.count)
                pass(connection, 0..<count)
                connection.input.consume(count)
                answerLeft -= count
                if answerLeft == 0 { finish() }
            case .untilClose:
                let count = connection.input.count
                pass(connection, 0..<count)
                connection.input.consume(count)
            case .chunked:
                switch answerChunks.step(connection.input.readable) {
                case .incomplete(let consumed): connection.input.consume(consumed)
                case .payload(let range):
                    pass(connection, range)
                    connection.input.consume(range.upperBound)
                case .end(let consumed):
                    connection.input.consume(consumed)
                    if outFraming == .chunked { client.output.append("0\r\n\r\n") }
                    finish()
                case .refused: breakOff(.unreadable)
                }
            }
        }

        private func pass(_ connection: UpstreamConnection, _ range: Range<Int>) {
            guard !range.isEmpty else { return }
            let isChunked = outFraming == .chunked
            if isChunked {
                client.output.append(hexadecimal: range.count)
                client.output.append("\r\n")
            }
            client.output.append(UnsafeRawBufferPointer(rebasing: connection.input.readable[range]))
            if isChunked { client.output.append("\r\n") }
        }

        private func answerEnded(_ connection: UpstreamConnection) {
            switch answerStage {
            case .head where connection.input.isEmpty: lost()
            case .head: attemptFailed(.brokenOff)
            case .body where answerFraming == .untilClose && connection.isInputOver:
                if outFraming == .chunked { client.output.append("0\r\n\r\n") }
                finish()
            case .body, .tunnel: breakOff(.brokenOff)
            }
        }

        // MARK: Tunnel

        /// After an upgrade both sides say what they like.
        private func moveTunnel(_ connection: UpstreamConnection) -> Bool {
            var hasMoved = false
            while connection.output.count <= Self.bufferedMax, client.phase == .forwarding {
                if client.input.isEmpty, !client.fill() || client.input.isEmpty { break }
                connection.output.append(client.input.readable)
                client.input.removeAll()
                hasMoved = true
            }
            guard client.phase == .forwarding else { return true }
            while client.output.count <= Self.bufferedMax {
                if connection.input.isEmpty {
                    let filled = connection.fill()
                    if filled == .failed {
                        breakOff(.brokenOff)
                        return true
                    }
                    if filled != .more { break }
                    connection.awaitTunnel()
                }
                client.output.append(connection.input.readable)
                connection.input.removeAll()
                hasMoved = true
            }
            guard connection.flush() else {
                breakOff(.brokenOff)
                return true
            }
            endTunnel(connection)
            return hasMoved
        }

        /// The end of one side is passed on to the other; with both the tunnel ends.
        private func endTunnel(_ connection: UpstreamConnection) {
            if client.isInputOver, !tunnelEnds.client, connection.output.isEmpty {
                tunnelEnds.client = true
                connection.endOutput()
            }
            if connection.isInputOver, connection.input.isEmpty { tunnelEnds.upstream = true }
            if tunnelEnds.upstream {
                finishTunnel()
                client.keepsAlive = false
                client.forwardingEnded(isRequestSent: true)
            }
        }
    }
#endif
