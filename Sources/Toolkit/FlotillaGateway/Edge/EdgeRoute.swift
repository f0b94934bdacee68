#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaProxy
    internal import FlotillaResilience

    /// A route, ready to decide by.
    final class EdgeRoute: Sendable {
        let plan: RoutePlan
        /// Its place in the table.
        let index: Int
        /// In the order of the plan's destinations; empty: it is answered without any.
        let upstreams: [EdgeUpstream]
        /// Who gets to see the requests as well; nil: nobody.
        let mirror: EdgeUpstream?
        private let versions: VersionSource
        let rules: ForwardRules
        let cache: RouteCache?
        /// Whether its requests go on unasked.
        let asksNothing: Bool
        /// Nil: answers stay as long as they are.
        let compression: AnswerCompression?
        /// Whether whole messages are needed, and not only their heads.
        let needsTask: Bool
        /// Whether anything is changed in heads.
        let changesHeads: Bool
        /// Whether answers are changed for each request by itself, so that what is kept is not what is given.
        let changesEachAnswer: Bool
        /// Whether the names in its path are needed.
        let needsCaptures: Bool
        /// Empty: any.
        private let methods: [[UInt8]]
        private let isPlain: Bool

        init(
            _ plan: RoutePlan, index: Int, _ upstreams: [String: EdgeUpstream], cache: RouteCache?,
            shared: EdgePlan, room: CompressionRoom
        ) {
            self.plan = plan
            self.index = index
            self.upstreams = plan.destinations.map { $0.members.compactMap { upstreams[$0.upstream] } } ?? []
            mirror = plan.policies.mirror.flatMap { upstreams[$0.upstream] }
            versions = shared.versions
            self.cache = cache
            rules = Self.rules(plan.policies)
            compression = plan.policies.compression.flatMap { $0.isEnabled ? AnswerCompression($0, room) : nil }
            needsTask = plan.policies.needsTask || self.upstreams.contains { $0.grpc != nil }
            changesHeads = !plan.policies.heads.isEmpty
            changesEachAnswer = plan.policies.heads.answer.varies || !plan.policies.bodies.answer.isEmpty
            let isForwarded =
                !plan.policies.answersItself && !needsTask && cache == nil && mirror == nil && compression == nil
                && !changesEachAnswer
            asksNothing =
                isForwarded && plan.policies.asksNothing && shared.authentication == nil && shared.proxies.isEmpty
                && plan.destinations?.sticky == nil
            needsCaptures = !plan.policies.heads.isEmpty || plan.policies.needsTask || plan.policies.redirect != nil
            let names = plan.match.methods
            methods = (names.contains("GET") && !names.contains("HEAD") ? names + ["HEAD"] : names)
                .map { Array($0.utf8) }
            isPlain = plan.match.isPlain
        }

        private static func rules(_ policies: RoutePolicies) -> ForwardRules {
            let heads = policies.heads
            let answerWithout = heads.answer.without + (policies.cors == nil ? [] : CORSPolicy.upstreamFields)
            let requestWithout = heads.request.without + ForwardedFields.removed + ["x-request-id"]
            return ForwardRules(
                requestWithout: requestWithout.map { Array($0.utf8) },
                answerWithout: answerWithout.map { Array($0.utf8) },
                requestLines: heads.request.constant.bytes, answerLines: heads.answer.constant.bytes)
        }

        /// Whether the request has what is asked, its path aside.
        func fits(_ head: borrowing some EdgeHead & ~Copyable) -> Bool {
            if !methods.isEmpty {
                var isListed = false
                for method in methods where head.isMethod(method) { isListed = true }
                guard isListed else { return false }
            }
            return isPlain || plan.match.fits(head, versions)
        }

        /// Whether a preflight of the browser asks for this route: CORS answers it, whatever methods there are.
        func isPreflight(_ head: borrowing some EdgeHead & ~Copyable) -> Bool {
            guard plan.policies.cors != nil, head.isMethod(Self.options),
                head.field("access-control-request-method") != nil
            else { return false }
            return plan.match.fits(head, versions)
        }

        /// Whether the request has what is asked besides path and method.
        func fitsBeside(_ head: borrowing some EdgeHead & ~Copyable) -> Bool { plan.match.fits(head, versions) }

        private static let options = Array("OPTIONS".utf8)
    }

    /// An upstream with what protects it, as its plan says.
    final class EdgeUpstream: Sendable {
        let plan: UpstreamPlan
        let upstream: Upstream
        /// Nil: the plan says nothing that needs one.
        let callGuard: CallGuard?
        /// Nil: it speaks HTTP.
        let grpc: EdgeGRPC?

        init(_ plan: UpstreamPlan, _ upstream: Upstream, _ callGuard: CallGuard?, _ grpc: EdgeGRPC? = nil) {
            self.grpc = grpc
            self.plan = plan
            self.upstream = upstream
            self.callGuard = callGuard
        }
    }
#endif
