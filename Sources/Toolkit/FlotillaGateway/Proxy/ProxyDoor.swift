#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import Synchronization

    /// Decides by an ``EdgeTable`` what becomes of a request: finds its route, holds it against the policies there, and
    /// passes it on, has it answered by a task, or answers it itself.
    final class ProxyDoor: RequestDoor {
        private static let root = Array("/".utf8)
        private let refused: RefusedAnswers
        let answers: EdgeAnswers
        let world: World
        let fetch: EdgeFetch
        let mirrors: MirrorLog
        let background: Revalidations
        private let ids: RequestIDs
        private let state: Mutex<EdgeTable>

        init(
            _ table: EdgeTable, _ refused: RefusedAnswers, _ answers: EdgeAnswers, _ fetch: EdgeFetch,
            background: Revalidations, _ world: World
        ) {
            state = Mutex(table)
            self.refused = refused
            self.answers = answers
            self.fetch = fetch
            self.background = background
            mirrors = MirrorLog()
            self.world = world
            ids = RequestIDs(world.random)
        }

        /// By which requests are decided that come now.
        var table: EdgeTable { state.withLock { $0 } }

        /// Puts another table in place. Requests under way end by the old one.
        func replace(_ table: EdgeTable) { state.withLock { $0 = table } }

        func refuse(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer {
            refused.answer(refusal, request)
        }

        func decide(_ request: borrowing RequestView) -> DoorDecision {
            guard request.head.isPathPlain else { return decideOddPath(request) }
            let range = request.head.path
            guard !range.isEmpty else { return Self.root.withUnsafeBytes { decide(request, $0, isOdd: false) } }
            return request.withBytes { decide(request, range.bytes(of: $0), isOdd: false) }
        }

        /// A path that can be written in more than one way: the form that the routes are compared with is the one that
        /// is asked for.
        private func decideOddPath(_ request: borrowing RequestView) -> DoorDecision {
            var path: [UInt8] = []
            let isClear = request.withBytes { WirePath.normalize(request.head.path.bytes(of: $0), into: &path) }
            guard isClear else { return .answer(refused.answer(StatusError.malformedPath, to: Request(request))) }
            return path.withUnsafeBytes { decide(request, $0, isOdd: true) }
        }

        private func decide(
            _ request: borrowing RequestView, _ path: UnsafeRawBufferPointer, isOdd: Bool
        ) -> DoorDecision {
            let table = table
            let started = table.recorder.start()
            guard let route = table.route(path, request) else { return unmatched(request, table, path) }
            var ticket = EdgeTicket(table: table, route: route, started: started)
            if isOdd { ticket.path = Array(path) }
            if route.needsCaptures { ticket.pass.captures = route.plan.match.path.captures(path) ?? [:] }
            if table.judge.plan.authentication?.certificates.isEmpty == false {
                ticket.pass.certificate = request.clientCertificate.map { ClientIdentity($0) }
            }
            identify(request, &ticket)
            return judge(request, ticket)
        }

        /// A request ID of the client's own is taken over, so that both sides tell of the same one.
        private func identify(_ request: borrowing RequestView, _ ticket: inout EdgeTicket) {
            if let known = request.text(.xRequestID), RequestIDs.isFit(known) {
                ticket.pass.requestID = Array(known.utf8)
            } else {
                ticket.pass.requestID.reserveCapacity(32)
                ids.append(to: &ticket.pass.requestID)
            }
        }

        private func unmatched(
            _ request: borrowing RequestView, _ table: EdgeTable, _ path: UnsafeRawBufferPointer
        ) -> DoorDecision {
            let methods = table.methods(path, request)
            let error =
                methods.isEmpty
                ? StatusError.unknownPath : .methodNotAllowed(request.methodName(), allowed: methods)
            return .answer(refused.answer(error, to: Request(request)))
        }
    }

    /// A request whose route is found, on its way through the door.
    struct EdgeTicket: Sendable {
        let table: EdgeTable
        let route: EdgeRoute
        let started: RequestRecorder.Started
        /// The path in the one form that rules may compare, where it was sent in another; nil: it was not.
        var path: [UInt8]?
        var pass = EdgePass()
        /// Who answers, where a task asks; nil: nobody is chosen yet, or nobody needed.
        var destination: EdgeUpstream?

        /// Counts it, answered by that status.
        func count(_ status: Int) { table.recorder.count(started, route: route.index, status: status) }
    }

    extension ClientIdentity {
        fileprivate init(_ certificate: ClientCertificate) {
            self.init(
                subject: certificate.subject, names: certificate.dnsNames + certificate.uris + certificate.emails,
                sha256: certificate.fingerprint)
        }
    }
#endif
