#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import Synchronization

    /// Decides by an ``EdgeTable`` what becomes of a request.
    final class ProxyDoor: RequestDoor {
        private static let root = Array("/".utf8)
        private let refused: RefusedAnswers
        private let world: World
        private let state: Mutex<EdgeTable>

        init(_ table: EdgeTable, _ refused: RefusedAnswers, _ world: World) {
            state = Mutex(table)
            self.refused = refused
            self.world = world
        }

        /// By which requests are decided that come now.
        var table: EdgeTable { state.withLock { $0 } }

        /// Puts another table in place. Requests under way end by the old one.
        func replace(_ table: EdgeTable) { state.withLock { $0 = table } }

        func decide(_ request: borrowing RequestView) -> DoorDecision {
            guard request.head.isPathPlain else { return decideOddPath(request) }
            let table = table
            let range = request.head.path
            guard !range.isEmpty else {
                return Self.root.withUnsafeBytes { decide(request, table, path: $0, isOdd: false) }
            }
            return request.withBytes { bytes in
                decide(request, table, path: range.bytes(of: bytes), isOdd: false)
            }
        }

        func refuse(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer {
            refused.answer(refusal, request)
        }

        /// A path that can be written in more than one way: the form that the routes are compared with is the one that
        /// is asked for.
        private func decideOddPath(_ request: borrowing RequestView) -> DoorDecision {
            var path: [UInt8] = []
            let isClear = request.withBytes { WirePath.normalize(request.head.path.bytes(of: $0), into: &path) }
            guard isClear else { return refuse(StatusError.malformedPath, request) }
            return path.withUnsafeBytes { decide(request, table, path: $0, isOdd: true) }
        }

        private func decide(
            _ request: borrowing RequestView, _ table: EdgeTable, path: UnsafeRawBufferPointer, isOdd: Bool
        ) -> DoorDecision {
            let started = table.recorder.start()
            guard let route = table.route(path, request) else { return unmatched(request, table, path, started) }
            var forward = Forward(route.upstream, rules: route.rules)
            if isOdd { forward.target = Self.target(path, request) }
            forward.watcher = ForwardRecord(table, route, started)
            if let timeout = route.plan.timeout { forward.deadline = started.uptime + timeout }
            return .forward(forward)
        }

        private static func target(_ path: UnsafeRawBufferPointer, _ request: borrowing RequestView) -> [UInt8] {
            var target = Array(path)
            if let query = request.head.query {
                target.append(UInt8(ascii: "?"))
                request.withBytes { target.append(contentsOf: query.bytes(of: $0)) }
            }
            return target
        }

        private func unmatched(
            _ request: borrowing RequestView, _ table: EdgeTable, _ path: UnsafeRawBufferPointer,
            _ started: RequestRecorder.Started
        ) -> DoorDecision {
            let methods = table.methods(path, request)
            guard !methods.isEmpty else { return refuse(StatusError.unknownPath, request) }
            return refuse(StatusError.methodNotAllowed(request.methodName(), allowed: methods), request)
        }

        private func refuse(_ error: StatusError, _ request: borrowing RequestView) -> DoorDecision {
            .answer(refused.answer(error, to: Request(request)))
        }
    }

    /// Counts a forwarded request when it is over.
    final class ForwardRecord: ForwardWatcher {
        private let table: EdgeTable
        private let route: EdgeRoute
        private let started: RequestRecorder.Started

        init(_ table: EdgeTable, _ route: EdgeRoute, _ started: RequestRecorder.Started) {
            self.table = table
            self.route = route
            self.started = started
        }

        func mayRepeat(after end: ForwardEnd) -> Bool { false }

        func ended(_ end: ForwardEnd) {
            // 499, as nginx has it: nobody was there to read the answer.
            let status = end.status ?? (end.isAbandoned ? 499 : end.failure?.status ?? 502)
            table.recorder.count(started, route: route.index, status: status)
        }
    }
#endif
