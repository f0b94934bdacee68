package import FlotillaConfiguration
package import FlotillaResilience

/// The parts that are about the instances of a service, and about how much a service takes on.
extension PolicyParts {
    package static func adaptive(_ fields: inout YAMLFields) -> AdaptiveLimit {
        let usual = AdaptiveLimit.standard
        return fields.checked(
            AdaptiveLimit(
                limitMin: fields.int("min", in: 1...100_000, default: usual.limitMin, "Never fewer calls at once."),
                limitMax: fields.int("max", in: 1...100_000, default: usual.limitMax, "Never more calls at once."),
                limitStart: fields.int(
                    "start", in: 1...100_000, default: usual.limitStart, "Before anything has been measured."),
                tolerance: fields.double(
                    "tolerance", in: 1.01...100, default: usual.tolerance,
                    "How many times as long as without a queue calls may take on average."),
                latencyFloor: fields.duration(
                    "latencyFloor", in: .zero ... .seconds(60), default: usual.latencyFloor,
                    "What is faster is never slow."),
                window: fields.duration(
                    "window", in: .milliseconds(10) ... .seconds(60), default: usual.window,
                    "The limit is reconsidered so often."),
                probeEvery: fields.duration(
                    "probeEvery", in: .seconds(1) ... .seconds(3600), default: usual.probeEvery,
                    "The latency without a queue is measured anew so often under load."),
                standardShare: fields.share(
                    "standardShare", default: usual.standardShare, "Standard calls may fill this share of the limit."),
                backgroundShare: fields.share(
                    "backgroundShare", default: usual.backgroundShare, "Background calls may fill this share."),
                retryAfter: fields.duration(
                    "retryAfter", in: times, default: usual.retryAfter, "What those that are shed are told to wait."))
        ) { $0.problems() }
    }

    package static func balancer(_ fields: inout YAMLFields) -> BalancerPolicy {
        let usual = BalancerPolicy()
        let zones = BalancerPolicy.Zones()
        let slowStart = BalancerPolicy.SlowStart()
        return fields.checked(
            BalancerPolicy(
                algorithm: fields.choice("algorithm", default: usual.algorithm, "Who is asked next."),
                zones: optional(&fields, "zones", "Prefers instances of the caller's zone.") { fields in
                    BalancerPolicy.Zones(
                        ownInstancesMin: fields.int(
                            "ownInstancesMin", in: 1...100, default: zones.ownInstancesMin,
                            "With fewer usable instances in the own zone all zones are used alike."),
                        overprovisioning: fields.double(
                            "overprovisioning", in: 1...10, default: zones.overprovisioning,
                            "So many times its normal share a usable instance can take."))
                },
                slowStart: optional(&fields, "slowStart", "Newcomers get their share little by little.") { fields in
                    BalancerPolicy.SlowStart(
                        window: fields.duration(
                            "window", in: .seconds(1) ... .seconds(3600), default: slowStart.window,
                            "How long it takes to get the whole share."),
                        initialShare: fields.share(
                            "initialShare", default: slowStart.initialShare, "The share it begins with."))
                },
                panicThreshold: fields.share(
                    "panicThreshold", in: 0...1, default: usual.panicThreshold,
                    "With a smaller share of usable instances the ejected ones are used too."),
                decay: fields.duration(
                    "decay", in: .milliseconds(100) ... .seconds(600), default: usual.decay,
                    "Peak EWMA: the time in which a peak fades to a third."),
                failureLatency: fields.duration(
                    "failureLatency", in: times, default: usual.failureLatency,
                    "Peak EWMA: a failure counts as a call that took this long."),
                hashLoadMax: fields.double(
                    "hashLoadMax", in: 1.05...10, default: usual.hashLoadMax,
                    "Consistent hash: nobody gets more than so many times its share."))
        ) { $0.problems() }
    }

    package static func outliers(_ fields: inout YAMLFields) -> OutlierPolicy {
        let usual = OutlierPolicy()
        let successRate = fields.optionalGroup(
            "successRate", "Ejects whose share of successes is far below the others'."
        ) {
            let usual = OutlierPolicy.SuccessRate()
            return OutlierPolicy.SuccessRate(
                instancesMin: $0.int(
                    "instancesMin", in: 3...1_000, default: usual.instancesMin, "Instances it takes to compare."),
                callsMin: $0.int("callsMin", in: 1...100_000, default: usual.callsMin, "Calls it takes of each."),
                deviations: $0.double(
                    "deviations", in: 0.1...10, default: usual.deviations, "Standard deviations below the mean."))
        }
        let latency = fields.optionalGroup("latency", "Ejects whose mean latency is many times that of the others.") {
            let usual = OutlierPolicy.Latency()
            return OutlierPolicy.Latency(
                factor: $0.double("factor", in: 1.5...1_000, default: usual.factor, "Times the median."),
                atLeast: $0.duration("atLeast", in: times, default: usual.atLeast, "Below this it is never slow."),
                callsMin: $0.int("callsMin", in: 1...100_000, default: usual.callsMin, "Calls it takes of each."))
        }
        let span: ClosedRange<Duration> = .milliseconds(100) ... .seconds(600)
        return fields.checked(
            OutlierPolicy(
                consecutiveFailures: fields.int(
                    "failures", in: 1...10_000, default: usual.consecutiveFailures ?? 5,
                    "Ejected at so many failures in a row."),
                sweepInterval: fields.duration(
                    "sweep", in: span, default: usual.sweepInterval, "All are looked at so often."),
                ejection: fields.duration(
                    "ejection", in: .milliseconds(100) ... .seconds(3600), default: usual.ejection,
                    "How long the first ejection lasts; the n-th lasts n times as long."),
                ejectionMax: fields.duration(
                    "ejectionMax", in: .milliseconds(100) ... .seconds(86_400), default: usual.ejectionMax,
                    "No ejection lasts longer."),
                ejectedShareMax: fields.share(
                    "ejectedMax", default: usual.ejectedShareMax, "The share that may be ejected at a time."),
                ejectsOneAlways: fields.bool(
                    "oneAlways", default: usual.ejectsOneAlways, "One may be ejected in any case, never the only one."),
                successRate: successRate, latency: latency,
                timeoutCountsAfter: fields.duration(
                    "timeoutCountsAfter", in: waits, default: usual.timeoutCountsAfter,
                    "An attempt cut off sooner says nothing about the instance."),
                abandonedCountsAfter: fields.optionalDuration(
                    "abandonedCountsAfter", in: times, "An attempt given up after this long counts as a failure."))
        ) { $0.problems() }
    }

    /// A group with a switch of its own: `enabled: false` turns it off.
    package static func optional<Value>(
        _ fields: inout YAMLFields, _ key: String, _ about: String, _ body: (inout YAMLFields) -> Value
    ) -> Value? {
        fields.group(key, about) { fields in
            let isEnabled = fields.bool("enabled", default: true, "False: not at all.")
            let value = body(&fields)
            return isEnabled ? value : nil
        }
    }
}
