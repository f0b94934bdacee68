#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import HTTPTypes

    extension ProxyDoor {
        /// Holds a request against the policies of its route.
        func judge(_ head: borrowing some EdgeHead & ~Copyable, _ ticket: consuming EdgeTicket) -> DoorDecision {
            if ticket.route.asksNothing { return forward(head, ticket) }
            let judge = ticket.table.judge
            let begun = judge.begin(
                ticket.route.plan.policies, head, &ticket.pass, now: ticket.started.time)
            if let end = end(begun, head, ticket) { return end }
            let identified = judge.identify(head, &ticket.pass, now: ticket.started.time)
            guard case .unknownToken(let token) = identified else { return admit(identified, head, ticket) }
            // Verifying takes longer than a loop may think, and the issuer's keys may have to be fetched.
            return .later { [kept = copy ticket, request = PlainHead(copying: head)] in
                var ticket = kept
                await judge.authentication?.findOut(token)
                var identified = judge.identify(request, &ticket.pass, now: self.world.now)
                if case .unknownToken = identified { identified = .refused(Self.unverified, policy: "authentication") }
                return self.admit(identified, request, ticket)
            }
        }

        private static let unverified = ServiceError(
            .unavailable, "token-unverified", "The token could not be verified in time; try again.",
            retryAfter: .seconds(1))

        /// Goes on when it is known who asks, or that nobody can tell.
        private func admit(
            _ identified: EdgeVerdict, _ head: borrowing some EdgeHead & ~Copyable, _ ticket: consuming EdgeTicket
        ) -> DoorDecision {
            let (judge, policies, now) = (ticket.table.judge, ticket.route.plan.policies, ticket.started.uptime)
            if case .refused = identified {
                // Whoever guesses tokens is counted by address, like anybody who has none.
                let counted = judge.count(policies, route: ticket.route.index, head, &ticket.pass, now: now)
                if let end = end(counted, head, ticket) { return end }
                if let end = end(identified, head, ticket) { return end }
            }
            let admitted = judge.admit(
                policies, route: ticket.route.index, head, &ticket.pass, now: now, wallNow: ticket.started.time)
            if let end = end(admitted, head, ticket) { return end }
            guard ticket.pass.delay > .zero else { return pass(head, ticket) }
            return .later { [kept = copy ticket, request = PlainHead(copying: head)] in
                do {
                    try await self.world.time.sleep(for: kept.pass.delay)
                } catch {
                    return self.refuse(error, by: "limits", request, kept)
                }
                return self.pass(request, copy kept)
            }
        }

        /// The decision where the policies do not let the request pass; nil: they do.
        private func end(
            _ verdict: EdgeVerdict, _ head: borrowing some EdgeHead & ~Copyable, _ ticket: EdgeTicket
        ) -> DoorDecision? {
            switch verdict {
            case .passes, .unknownToken: return nil
            case .refused(let error, let policy): return refuse(error, by: policy, head, ticket)
            case .answered(let response):
                ticket.count(response.status.code)
                return .answer(answers.ready(response, ticket.pass))
            }
        }

        func refuse(
            _ error: any Error, by policy: String, _ head: borrowing some EdgeHead & ~Copyable, _ ticket: EdgeTicket
        ) -> DoorDecision {
            let response = answers.refusal(error, by: policy, head, ticket)
            ticket.count(response.status.code)
            return .answer(answers.ready(response, ticket.pass))
        }

        // MARK: What the policies let pass

        func pass(_ head: borrowing some EdgeHead & ~Copyable, _ ticket: consuming EdgeTicket) -> DoorDecision {
            let route = ticket.route
            if route.plan.policies.answersItself, let answer = ownAnswer(head, ticket) { return answer }
            if route.changesEachAnswer { return task(ticket) }
            if let cache = route.cache {
                switch cache.lookup(head, isKnown: ticket.pass.principal != nil, now: ticket.started.uptime) {
                case .hit(let answer): return hit(answer, ticket)
                case .stale(let answer, let revalidation):
                    refresh(cache, revalidation, head, ticket)
                    return hit(answer, ticket)
                case .unsatisfiable: return refuse(ServiceError.notCached, by: "cache", head, ticket)
                case .miss: return task(ticket)
                // What changes something makes the cache forget, so its answer has to be seen.
                case .pass: if !CacheQuestion.isSafe(head.methodText()) { return task(ticket) }
                }
            }
            if route.needsTask || isMirrored(head, ticket) || isMadeSmaller(head, ticket) { return task(ticket) }
            return forward(head, ticket)
        }

        /// What the gateway answers without asking anybody; nil: it has to ask.
        private func ownAnswer(_ head: borrowing some EdgeHead & ~Copyable, _ ticket: EdgeTicket) -> DoorDecision? {
            let policies = ticket.route.plan.policies
            var answer = policies.respond
            if let redirect = policies.redirect {
                answer = redirect.answer(captures: ticket.pass.captures, query: head.queryText())
                if answer == nil { return refuse(StatusError.malformedPath, by: "redirect", head, ticket) }
            }
            guard let answer else { return nil }
            var ready = ReadyAnswer(AnswerHead(status: answer.status), answer.body)
            ready.head.add(lines: answer.lines.bytes)
            ready.head.add(lines: ticket.pass.answerLines.bytes)
            ticket.count(answer.status)
            return .answer(ready)
        }

        /// Whether the client reads answers that are made smaller.
        private func isMadeSmaller(_ head: borrowing some EdgeHead & ~Copyable, _ ticket: EdgeTicket) -> Bool {
            guard let plan = ticket.route.compression?.plan, !head.isMethod(Self.head) else { return false }
            return ContentCoding.choose(head.field("accept-encoding"), among: plan.codings) != nil
        }

        private static let head = Array("HEAD".utf8)

        private func isMirrored(_ head: borrowing some EdgeHead & ~Copyable, _ ticket: EdgeTicket) -> Bool {
            guard let mirror = ticket.route.plan.policies.mirror else { return false }
            let length = head.field("content-length").flatMap { Int($0) }
            return mirror.wants(bits: world.random.next(), method: head.methodText(), length: length)
        }

        private func hit(_ answer: CachedAnswer, _ ticket: EdgeTicket) -> DoorDecision {
            var ready = answer.ready()
            ready.head.add(lines: ticket.pass.answerLines.bytes)
            ticket.count(ready.head.status)
            return .answer(ready)
        }

        private func forward(
            _ head: borrowing some EdgeHead & ~Copyable, _ ticket: consuming EdgeTicket
        ) -> DoorDecision {
            let route = ticket.route
            guard let (upstream, key) = choose(head, &ticket) else {
                return refuse(StatusError.unknownPath, by: "route", head, ticket)
            }
            var forward = Forward(upstream.upstream, rules: route.rules)
            forward.key = key
            let changesHeads = route.changesHeads
            let heads = changesHeads ? route.plan.policies.heads : .none
            if changesHeads, heads.changesTarget {
                guard let target = heads.target(sent: ticket.path, ticket.pass.values, head) else {
                    return refuse(StatusError.malformedPath, by: "rewrite", head, ticket)
                }
                forward.target = target
            } else if let path = ticket.path {
                forward.target = Self.target(path, head)
            }
            if changesHeads {
                heads.request.addVarying(to: &ticket.pass.requestLines, ticket.pass.values, head)
                heads.answer.addVarying(to: &ticket.pass.answerLines, ticket.pass.values, head)
            }
            forward.requestLines = ticket.pass.requestLines.bytes
            Self.append(requestID: ticket.pass.requestID, to: &forward.requestLines)
            forward.answerLines = ticket.pass.answerLines.bytes
            if let timeout = route.plan.timeout { forward.deadline = ticket.started.uptime + timeout }
            let record = ForwardRecord(copy ticket)
            guard let callGuard = upstream.callGuard else {
                forward.watcher = record
                return .forward(forward)
            }
            do {
                try forward.admit(by: callGuard, now: ticket.started.uptime, then: record)
            } catch {
                return refuse(error, by: "upstreams.\(upstream.plan.name)", head, ticket)
            }
            return .forward(forward)
        }

        /// Where the request goes; nil: nowhere.
        func choose(
            _ head: borrowing some EdgeHead & ~Copyable, _ ticket: inout EdgeTicket
        ) -> (upstream: EdgeUpstream, key: UInt64?)? {
            let upstreams = ticket.route.upstreams
            guard let destinations = ticket.route.plan.destinations else { return nil }
            if upstreams.count == 1, destinations.sticky == nil { return (upstreams[0], nil) }
            let choice = destinations.choose(
                bits: world.random.next(), caller: ticket.pass.principal?.id, address: ticket.pass.address, head)
            if let cookie = choice.setCookie { ticket.pass.answerLines.add("Set-Cookie", cookie) }
            return (upstreams[choice.member], choice.key)
        }

        private static func append(requestID: [UInt8], to lines: inout [UInt8]) {
            lines.append(contentsOf: "X-Request-ID: ".utf8)
            lines.append(contentsOf: requestID)
            lines.append(13)
            lines.append(10)
        }

        static func target(_ path: [UInt8], _ head: borrowing some EdgeHead & ~Copyable) -> [UInt8] {
            let query = head.queryText()
            return query.isEmpty ? path : path + [UInt8(ascii: "?")] + query.utf8
        }
    }

    /// Counts a forwarded request when it is over.
    final class ForwardRecord: ForwardWatcher {
        private let ticket: EdgeTicket

        init(_ ticket: EdgeTicket) { self.ticket = ticket }

        func mayRepeat(after end: ForwardEnd) -> Bool { false }

        func ended(_ end: ForwardEnd) {
            // 499, as nginx has it: nobody was there to read the answer.
            let own = end.refusal?.status ?? end.failure?.status ?? 502
            ticket.count(end.status ?? (end.isAbandoned ? 499 : own))
        }
    }
#endif
