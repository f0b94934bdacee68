#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import HTTPTypes

    extension ProxyDoor {
        /// Has a request answered by a task, whole: its answer is kept, changed, or put together.
        func task(_ ticket: EdgeTicket) -> DoorDecision {
            .respond { [self] arrived, channel in
                let request = Request(arrived)
                var ticket = ticket
                ticket.destination = choose(request, &ticket)?.upstream
                let response: Response
                do {
                    response = try await answer(request, ticket)
                } catch {
                    response = answers.refusal(error, by: ticket.blamed(for: error), request, ticket)
                }
                ticket.count(response.status.code)
                var head = AnswerHead(response)
                head.add(lines: ticket.pass.answerLines.bytes)
                head.add("X-Request-ID", String(decoding: ticket.pass.requestID, as: UTF8.self))
                await channel.send(response, head, isHead: request.method == .head)
            }
        }

        private func answer(_ request: Request, _ ticket: EdgeTicket) async throws -> Response {
            let make: RouteCache.Fetch = { [self] asked in try await made(asked, for: request, ticket) }
            guard let cache = ticket.route.cache else {
                return try await changed(try await make(request), for: request, ticket)
            }
            var keyed = request
            keyed.deadline = fetch.context(request, ticket).deadline
            let response = try await cache.answer(to: keyed, isKnown: ticket.pass.principal != nil, make)
            return try await changed(response, for: request, ticket)
        }

        /// Has a new answer fetched in place of one that has become stale.
        func refresh(
            _ cache: RouteCache, _ revalidation: Revalidation, _ head: borrowing some EdgeHead & ~Copyable,
            _ ticket: EdgeTicket
        ) {
            let request = Request(head)
            var chosen = ticket
            chosen.destination = choose(head, &chosen)?.upstream
            let ticket = chosen
            cache.revalidate(revalidation, request, isKnown: ticket.pass.principal != nil) { [self] asked in
                try await made(asked, for: request, ticket)
            }
        }

        /// Makes the answer, as the route has it.
        ///
        /// - Parameters:
        ///   - asked: what is asked for now: the request, maybe with conditions of the cache.
        ///   - request: as it came.
        private func made(_ asked: Request, for request: Request, _ ticket: EdgeTicket) async throws -> Response {
            let policies = ticket.route.plan.policies
            let context = fetch.context(asked, ticket)
            if let composition = policies.composition {
                let upstreams = ticket.table.upstreams
                let composer = Composer(composition, time: world.time) { [fetch] name, request, context in
                    guard let upstream = upstreams[name] else { throw ServiceError.unavailable(name) }
                    return try await fetch.send(request, to: upstream, context)
                }
                let captures = ticket.pass.captures.compactMapValues {
                    PercentEncoding.decode(Array($0.utf8), plusIsSpace: false)
                }
                let composed = try await composer.respond(to: asked, captures: captures, context)
                return finished(constant(composed, ticket), for: request, ticket)
            }
            guard let upstream = ticket.destination else { throw StatusError.unknownPath }
            let outgoing = try changed(asked, for: request, ticket)
            let response: Response
            if let grpc = upstream.grpc {
                response = try await grpc.send(outgoing, to: upstream, context)
            } else {
                response = try await fetch.send(outgoing, to: upstream, context)
            }
            if policies.mirror != nil { await mirror(outgoing, response, ticket, context) }
            return finished(constant(response, ticket), for: request, ticket)
        }

        // MARK: Changes on the way

        private func smaller(_ response: Response, for request: Request, _ ticket: EdgeTicket) -> Response {
            ticket.route.compression?.compressed(response, for: request) ?? response
        }

        private func changed(_ asked: Request, for request: Request, _ ticket: EdgeTicket) throws -> Request {
            let policies = ticket.route.plan.policies
            let values = ticket.pass.values
            var out = asked
            if policies.heads.changesTarget {
                guard let target = policies.heads.target(sent: ticket.path, values, request) else {
                    throw StatusError.malformedPath
                }
                out.retarget(target)
            } else if let path = ticket.path {
                out.retarget(Self.target(path, request))
            }
            out.headers.remove(ticket.route.rules.requestWithout)
            var lines = policies.heads.request.constant
            policies.heads.request.addVarying(to: &lines, values, request)
            lines.add(ticket.pass.requestLines)
            lines.add("X-Request-ID", String(decoding: ticket.pass.requestID, as: UTF8.self))
            // A proxy before this one is believed only where the addresses were read by that.
            out.headers.remove([Array("x-forwarded-for".utf8), Array("forwarded".utf8)])
            if let address = ticket.pass.address { lines.add("X-Forwarded-For", "\(address)") }
            out.headers.add(lines)
            out.body = try policies.bodies.request.body(
                out.body, contentType: out.headers[.contentType], values, request)
            return out
        }

        /// An answer with what is changed in all answers alike, as it may be kept.
        private func constant(_ response: Response, _ ticket: EdgeTicket) -> Response {
            var out = response
            out.headers.remove(ticket.route.rules.answerWithout)
            out.headers.add(ticket.route.plan.policies.heads.answer.constant)
            return out
        }

        /// The last that is done to an answer that may be kept.
        private func finished(_ response: Response, for request: Request, _ ticket: EdgeTicket) -> Response {
            ticket.route.changesEachAnswer ? response : smaller(response, for: request, ticket)
        }

        /// An answer with what is changed for this request, which must not be kept for others.
        private func changed(
            _ response: Response, for request: Request, _ ticket: EdgeTicket
        ) async throws -> Response {
            guard ticket.route.changesEachAnswer else { return response }
            let policies = ticket.route.plan.policies
            let values = ticket.pass.values
            var out = response
            var lines = FieldLines()
            policies.heads.answer.addVarying(to: &lines, values, request)
            out.headers.add(lines)
            let edits = policies.bodies.answer
            guard !edits.isEmpty, JSONEdits.concerns(out.headers[.contentType]) else {
                return smaller(out, for: request, ticket)
            }
            let bytes = try await out.collect(bytesMax: JSONEdits.bytesMax)
            do {
                out.body = .bytes(try edits.body(bytes, contentType: out.headers[.contentType], values, request))
            } catch {
                throw ServiceError(
                    .unavailable, "unreadable-answer", "The upstream answered something that is no JSON.", cause: error)
            }
            // The tag is that of another body.
            out.headers[.eTag] = nil
            return smaller(out, for: request, ticket)
        }
    }

    extension EdgeTicket {
        /// The policy that an error on the way to an upstream is of.
        fileprivate func blamed(for error: any Error) -> String {
            guard let upstream = destination, let error = error as? any DescribedError else { return "route" }
            return error.kind == .unavailable || error.kind == .timeout ? "upstreams.\(upstream.plan.name)" : "route"
        }
    }

    extension Request {
        /// A request without a body.
        fileprivate init(_ head: borrowing some EdgeHead & ~Copyable) {
            var fields = HTTPFields()
            for field in head.allFields() {
                if let name = HTTPField.Name(field.name) { fields.append(HTTPField(name: name, value: field.value)) }
            }
            self.init(
                HTTPRequest.Method(head.methodText()) ?? .get, head.pathText(), query: head.queryText(),
                headers: fields, remoteAddress: head.addressText())
            authority = head.hostText()
        }

        /// Asks for another path and query.
        fileprivate mutating func retarget(_ target: [UInt8]) {
            let mark = target.firstIndex(of: UInt8(ascii: "?"))
            path = String(decoding: mark.map { target[..<$0] } ?? target[...], as: UTF8.self)
            query = mark.map { String(decoding: target[($0 + 1)...], as: UTF8.self) } ?? ""
        }
    }

    extension HTTPFields {
        /// Names in lower case.
        fileprivate mutating func remove(_ names: [[UInt8]]) {
            for name in names.compactMap({ HTTPField.Name(String(decoding: $0, as: UTF8.self)) }) { self[name] = nil }
        }

        fileprivate mutating func add(_ lines: FieldLines) {
            for field in lines.fields {
                if let name = HTTPField.Name(field.name) { append(HTTPField(name: name, value: field.value)) }
            }
        }
    }
#endif
