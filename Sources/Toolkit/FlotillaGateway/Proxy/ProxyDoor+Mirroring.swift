#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import HTTPTypes

    extension ProxyDoor {
        /// Sends a request to another upstream as well, after its answer, and compares what that one says. Nobody waits
        /// for it; where there is no room for it, it is left out.
        func mirror(
            _ request: Request, _ response: Response, _ ticket: EdgeTicket, _ context: CallContext
        ) async {
            guard let plan = ticket.route.plan.policies.mirror, let upstream = ticket.route.mirror,
                request.body.count <= plan.bodyBytesMax
            else { return mirrors.noteSkipped() }
            let live = ComparedAnswer(response, plan)
            let entry = MirrorLog.Entry(
                at: ticket.started.time, route: ticket.route.plan.name, method: request.method.rawValue,
                path: request.path, requestID: String(decoding: ticket.pass.requestID, as: UTF8.self), differences: [])
            var shadow = request
            shadow.headers[.mirrored] = "true"
            let asked = shadow
            background.submit(
                Revalidations.Job { [mirrors, fetch, world] in
                    var context = context
                    // The client has its answer; the other upstream has as much time as that one had.
                    context.deadline = Deadline(in: upstream.plan.answerTimeout, on: world.time)
                    do {
                        let other = try await fetch.send(asked, to: upstream, context)
                        let body = try await other.collect(bytesMax: plan.bodyBytesMax)
                        var whole = other
                        whole.body = .bytes(body)
                        var entry = entry
                        entry.differences = plan.differences(live, ComparedAnswer(whole, plan))
                        mirrors.note(entry)
                    } catch {
                        mirrors.noteFailed()
                    }
                })
        }
    }

    extension ComparedAnswer {
        fileprivate init(_ response: Response, _ plan: MirrorPlan) {
            self.init(
                status: response.status.code,
                fields: response.headers.map { ($0.name.canonicalName, $0.value) },
                body: response.bytes.flatMap { $0.count <= plan.bodyBytesMax ? $0 : nil })
        }
    }

    extension HTTPField.Name {
        /// Tells an upstream that a request is a copy, of which nobody gets the answer.
        fileprivate static let mirrored = constant("X-Mirrored")
    }
#endif
