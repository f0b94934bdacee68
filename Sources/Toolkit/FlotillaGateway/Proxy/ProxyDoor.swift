#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy

    /// Decides by a ``ProxyPlan`` where a request goes.
    struct ProxyDoor: RequestDoor {
        private struct Route: Sendable {
            var path: PathPattern
            /// Empty: any.
            var methods: [[UInt8]]
            var upstream: Upstream
        }

        private static let root = Array("/".utf8)
        private let routes: [Route]
        private let refused: RefusedAnswers

        /// - Throws: ``ServiceError`` `upstream-address` for an instance that has no address.
        init(_ plan: ProxyPlan, _ refused: RefusedAnswers) throws(ServiceError) {
            var upstreams: [String: Upstream] = [:]
            for group in plan.upstreams {
                var limits = UpstreamLimits()
                limits.connectTimeout = group.connectTimeout
                limits.answerTimeout = group.answerTimeout
                upstreams[group.name] = try Upstream(group.name, instances: group.instances, limits: limits)
            }
            routes = plan.routes.compactMap { route in
                upstreams[route.upstream].map { upstream in
                    Route(path: route.path, methods: route.methods.map { Array($0.utf8) }, upstream: upstream)
                }
            }
            self.refused = refused
        }

        func decide(_ request: borrowing RequestView) -> DoorDecision {
            if request.head.isPathPlain {
                let upstream = request.withBytes { bytes in
                    let path = request.head.path
                    guard !path.isEmpty else {
                        return Self.root.withUnsafeBytes { find($0, request.head.methodName.bytes(of: bytes)) }
                    }
                    return find(path.bytes(of: bytes), request.head.methodName.bytes(of: bytes))
                }
                guard let upstream else { return refuse(StatusError.unknownPath, request) }
                return .forward(Forward(upstream))
            }
            return decideOddPath(request)
        }

        func refuse(_ refusal: RequestRefusal, _ request: borrowing RequestView?) -> ReadyAnswer {
            refused.answer(refusal, request)
        }

        /// A path that can be written in more than one way: the form that the routes are compared with is the one that
        /// is asked for.
        private func decideOddPath(_ request: borrowing RequestView) -> DoorDecision {
            var target: [UInt8] = []
            let isClear = request.withBytes { WirePath.normalize(request.head.path.bytes(of: $0), into: &target) }
            guard isClear else { return refuse(StatusError.malformedPath, request) }
            let upstream = request.withBytes { bytes in
                target.withUnsafeBytes { find($0, request.head.methodName.bytes(of: bytes)) }
            }
            guard let upstream else { return refuse(StatusError.unknownPath, request) }
            if let query = request.head.query {
                target.append(UInt8(ascii: "?"))
                request.withBytes { target.append(contentsOf: query.bytes(of: $0)) }
            }
            return .forward(Forward(upstream, target: target))
        }

        private func refuse(_ error: StatusError, _ request: borrowing RequestView) -> DoorDecision {
            .answer(refused.answer(error, to: Request(request)))
        }

        private func find(_ path: UnsafeRawBufferPointer, _ method: UnsafeRawBufferPointer) -> Upstream? {
            for route in routes where route.path.matches(path) {
                if route.methods.isEmpty || route.methods.contains(where: { method.elementsEqual($0) }) {
                    return route.upstream
                }
            }
            return nil
        }
    }
#endif
