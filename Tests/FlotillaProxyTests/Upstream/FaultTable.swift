#if os(Linux)
    /// Every misbehaviour against every policy (``FaultPolicy`` says what each is and how many requests it gets).
    /// Breaker and outlier detector open at two failures in a row; what is sent again goes to a healthy instance.
    ///
    /// A status is of a whole answer, 502 and 504 are the gateway's own, and so is 503 where the breaker is open; after
    /// `+` stands what then went wrong, after `×` how many attempts it took.
    enum FaultTable {
        struct Row: Sendable {
            var fault: Misbehaviour
            var none: FaultOutcome
            var deadline: FaultOutcome
            var retry: FaultOutcome
            var breaker: FaultOutcome
            var outliers: FaultOutcome
        }

        static let rows = [
            Row(
                fault: .refuses,
                none: .init("502 502", "unreachable×1 unreachable×1"),
                deadline: .init("502 502", "unreachable×1 unreachable×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("502 502 503 503", "unreachable×1 unreachable×1", "open"),
                outliers: .init(
                    "502 200 502 200 200 200",
                    "unreachable×1 200×1 unreachable×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .isSilent,
                none: .init("504 504", "timeout×1 timeout×1"),
                deadline: .init("504 504", "timeout×1 timeout×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("504 504 503 503", "timeout×1 timeout×1", "open"),
                outliers: .init("504 200 504 200 200 200", "timeout×1 200×1 timeout×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .isSilentInHead,
                none: .init("504 504", "timeout×1 timeout×1"),
                deadline: .init("504 504", "timeout×1 timeout×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("504 504 503 503", "timeout×1 timeout×1", "open"),
                outliers: .init("504 200 504 200 200 200", "timeout×1 200×1 timeout×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .isSilentInBody,
                none: .init("cut cut", "200+timeout×1 200+timeout×1"),
                deadline: .init("cut cut", "200+timeout×1 200+timeout×1"),
                retry: .init("cut 200", "200+timeout×1 200×1"),
                breaker: .init("cut cut 503 503", "200+timeout×1 200+timeout×1", "open"),
                outliers: .init(
                    "cut 200 cut 200 200 200",
                    "200+timeout×1 200×1 200+timeout×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .resets,
                none: .init("502 502", "brokenOff×1 brokenOff×1"),
                deadline: .init("502 502", "brokenOff×1 brokenOff×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("502 502 503 503", "brokenOff×1 brokenOff×1", "open"),
                outliers: .init(
                    "502 200 502 200 200 200",
                    "brokenOff×1 200×1 brokenOff×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .closes,
                none: .init("502 502", "brokenOff×1 brokenOff×1"),
                deadline: .init("502 502", "brokenOff×1 brokenOff×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("502 502 503 503", "brokenOff×1 brokenOff×1", "open"),
                outliers: .init(
                    "502 200 502 200 200 200",
                    "brokenOff×1 200×1 brokenOff×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .closesInBody,
                none: .init("cut cut", "200+brokenOff×1 200+brokenOff×1"),
                deadline: .init("cut cut", "200+brokenOff×1 200+brokenOff×1"),
                retry: .init("cut 200", "200+brokenOff×1 200×1"),
                breaker: .init("cut cut 503 503", "200+brokenOff×1 200+brokenOff×1", "open"),
                outliers: .init(
                    "cut 200 cut 200 200 200",
                    "200+brokenOff×1 200×1 200+brokenOff×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .sendsGarbage,
                none: .init("502 502", "unreadable×1 unreadable×1"),
                deadline: .init("502 502", "unreadable×1 unreadable×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("502 502 503 503", "unreadable×1 unreadable×1", "open"),
                outliers: .init(
                    "502 200 502 200 200 200",
                    "unreadable×1 200×1 unreadable×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .sendsTwoLengths,
                none: .init("502 502", "unreadable×1 unreadable×1"),
                deadline: .init("502 502", "unreadable×1 unreadable×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("502 502 503 503", "unreadable×1 unreadable×1", "open"),
                outliers: .init(
                    "502 200 502 200 200 200",
                    "unreadable×1 200×1 unreadable×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .sendsHugeHead,
                none: .init("502 502", "unreadable×1 unreadable×1"),
                deadline: .init("502 502", "unreadable×1 unreadable×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("502 502 503 503", "unreadable×1 unreadable×1", "open"),
                outliers: .init(
                    "502 200 502 200 200 200",
                    "unreadable×1 200×1 unreadable×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .isSlow,
                none: .init("200 200", "200×1 200×1"),
                deadline: .init("504 504", "timeout×1 timeout×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("200 200 200 200", "200×1 200×1 200×1 200×1", "closed"),
                outliers: .init("200 200 200 200 200 200", "200×1 200×1 200×1 200×1 200×1 200×1")),
            Row(
                fault: .answers503,
                none: .init("503 503", "503×1 503×1"),
                deadline: .init("503 503", "503×1 503×1"),
                retry: .init("200 200", "200×2 200×2"),
                breaker: .init("503 503 503 503", "503×1 503×1", "open"),
                outliers: .init("503 200 503 200 200 200", "503×1 200×1 503×1 200×1 200×1 200×1", "ejected")),
            Row(
                fault: .answers500,
                none: .init("500 500", "500×1 500×1"),
                deadline: .init("500 500", "500×1 500×1"),
                retry: .init("500 200", "500×1 200×1"),
                breaker: .init("500 500 503 503", "500×1 500×1", "open"),
                outliers: .init("500 200 500 200 200 200", "500×1 200×1 500×1 200×1 200×1 200×1", "ejected")),
        ]
    }
#endif
