internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// Notifications over HTTP; everybody sees and changes their own only.
enum NotificationsRoutes {
    static func routes(list: ListNotices, preferences: ChangePreferences, letters: ReadLetters) -> Routes {
        var routes = Routes(prefix: "/api/v1")
        routes.add(
            .get, "/notifications", access: .signedIn, summary: "What the caller was told, latest first",
            query: NoticesQuery.self, answers: Page<NoticeAnswer>.self
        ) { call, query in
            let (items, next) = try await list(
                of: UserID(unchecked: try call.signedIn.id), before: query.cursor, limit: query.limit)
            return Answer(Page(items: items.map(NoticeAnswer.init), nextCursor: next?.text))
        }
        routes.add(
            .get, "/notifications/preferences", access: .signedIn,
            summary: "Which channels the caller wants to be reached on", answers: PreferencesAnswer.self
        ) { call in
            let current = try await preferences.current(of: UserID(unchecked: try call.signedIn.id))
            return Answer(PreferencesAnswer(current))
        }
        routes.add(
            .put, "/notifications/preferences", access: .signedIn,
            summary: "Choose channels; those that are left out stay as they are", input: PreferencesBody.self,
            answers: PreferencesAnswer.self
        ) { call, body in
            let changed = try await preferences(body.change, of: UserID(unchecked: try call.signedIn.id))
            return Answer(PreferencesAnswer(changed))
        }
        add(letters, to: &routes)
        return routes
    }

    private static func add(_ letters: ReadLetters, to routes: inout Routes) {
        routes.addRaw(
            .get, "/notifications/{id}/letter", access: .signedIn,
            summary: "The letter of a notice, as mail programs open it; administrators see everybody's",
            produces: "message/rfc822",
            problems: [KnownProblem(.notFound, "not-found", "The notice has no letter that is still kept.")]
        ) { call in
            let bytes = try await letters(try call.id("id", as: NotificationID.self), as: try call.signedIn)
            return Response(
                .ok, headers: [.contentType: "message/rfc822", .cacheControl: "private, no-store"],
                body: .bytes(bytes))
        }
        routes.add(
            .get, "/notifications/letters", access: .roles([.admin]), summary: "The latest letters to anybody",
            query: NoticesQuery.self, answers: Page<LetterAnswer>.self
        ) { _, query in
            let (items, next) = try await letters.all(before: query.cursor, limit: query.limit)
            return Answer(Page(items: items.map(LetterAnswer.init), nextCursor: next?.text))
        }
    }
}

/// `?limit=&cursor=`.
struct NoticesQuery: RequestInput {
    let limit: Int
    let cursor: NotificationID?

    init(from fields: inout FieldReader) {
        limit = fields.optionalInt("limit", in: 1...ListNotices.limitMax) ?? ListNotices.defaultLimit
        cursor = fields.optionalID("cursor")
    }
}

/// `{email, push, sms}`.
struct PreferencesBody: RequestInput {
    let change: ChangePreferences.Change

    init(from fields: inout FieldReader) {
        change = ChangePreferences.Change(
            email: fields.optionalBool("email"), push: fields.optionalBool("push"), sms: fields.optionalBool("sms"))
    }
}

/// `{email, push, sms}`.
struct PreferencesAnswer: ResponseBody {
    var preferences: Preferences

    init(_ preferences: Preferences) { self.preferences = preferences }

    static var example: PreferencesAnswer { PreferencesAnswer(Preferences()) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("email", preferences.email)
            json.field("push", preferences.push)
            json.field("sms", preferences.sms)
        }
    }
}

/// `{id, orderId, template, title, text, createdAt, channels: [{channel, status}]}`.
struct NoticeAnswer: ResponseBody {
    var status: NoticeStatus

    init(_ status: NoticeStatus) { self.status = status }

    static var example: NoticeAnswer {
        NoticeAnswer(
            NoticeStatus(
                notice: Notice(
                    id: NotificationID(unchecked: "01KAJ7M9Q3W4E5R6T7Y8V9B0NA"),
                    userID: UserID(unchecked: "01KAJ7KZZ1X2C3V4B5N6M7Q8WC"),
                    orderID: OrderID(unchecked: "01KAJ7M1A2S3D4F5G6H7J8K9NB"),
                    template: Occasion.Kind.shipmentDispatched.rawValue, title: "Your order is on its way",
                    text: "Its tracking code is FPE5R6T7Y8V9B0NA.", causedBy: "01KAJ7M8Q3W4E5R6T7Y8V9B0NA",
                    createdAt: Timestamp(seconds: 1_795_000_000)),
                channels: [NoticeStatus.Delivery(channel: "email", state: "sent")]))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", status.notice.id)
            json.field("orderId", status.notice.orderID)
            json.field("template", status.notice.template)
            json.field("title", status.notice.title)
            json.field("text", status.notice.text)
            json.field("createdAt", status.notice.createdAt)
            json.array("channels", status.channels) { json, delivery in
                json.field("channel", delivery.channel)
                json.field("status", delivery.state)
            }
        }
    }
}

/// `{noticeId, userId, orderId, subject, writtenAt}`.
struct LetterAnswer: ResponseBody {
    var letter: LetterTable.Summary

    init(_ letter: LetterTable.Summary) { self.letter = letter }

    static var example: LetterAnswer {
        let notice = NoticeAnswer.example.status.notice
        return LetterAnswer(
            LetterTable.Summary(
                noticeID: notice.id, userID: notice.userID, orderID: notice.orderID, subject: notice.title,
                writtenAt: notice.createdAt))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("noticeId", letter.noticeID)
            json.field("userId", letter.userID)
            json.field("orderId", letter.orderID)
            json.field("subject", letter.subject)
            json.field("writtenAt", letter.writtenAt)
        }
    }
}
