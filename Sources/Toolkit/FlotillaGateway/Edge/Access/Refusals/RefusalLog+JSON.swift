internal import FlotillaCore
internal import FlotillaHTTP

extension RefusalLog.Entry: ResponseBody {
    static var example: RefusalLog.Entry {
        RefusalLog.Entry(
            time: Timestamp(seconds: 1_767_225_600), route: "orders", request: "GET /users/u2/orders", policy: "access",
            slug: "access-denied", reason: "path.userId == caller.id is not so", callerID: "u1",
            traceID: "4bf92f3577b34da6a3ce929d0e0e4736", explanation: .example)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("time", "\(time)")
            json.field("route", route)
            json.field("request", request)
            json.field("policy", policy)
            json.field("slug", slug)
            json.field("reason", reason)
            json.field("callerId", callerID)
            json.field("traceId", traceID)
            json.optionalField("explanation", explanation)
        }
    }
}
