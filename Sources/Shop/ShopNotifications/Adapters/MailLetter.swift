internal import FlotillaCore

/// A letter in the form mail servers take (RFC 5322, MIME): plain text, seven bits, CRLF.
struct MailLetter: Sendable {
    /// Unique for ever: whoever gets the same letter twice can tell by it.
    var id: String
    var from: MailAddress
    var fromName: String
    var to: MailAddress
    /// Empty when it is not known.
    var toName: String
    var subject: String
    var text: String
    var date: Timestamp

    /// The letter as it is sent. No auto-responder answers it (RFC 3834).
    var bytes: [UInt8] {
        let head = """
            From: \(mailbox(fromName, from))\r
            To: \(mailbox(toName, to))\r
            Subject: \(MailEncoding.header(subject))\r
            Date: \(Self.mailDate(date))\r
            Message-ID: <\(id)@\(from.domain)>\r
            Auto-Submitted: auto-generated\r
            MIME-Version: 1.0\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r

            """
        var bytes = Array(head.utf8)
        bytes.reserveCapacity(bytes.count + text.utf8.count * 5 / 4)
        MailEncoding.appendBody(text, to: &bytes)
        return bytes
    }

    private func mailbox(_ name: String, _ address: MailAddress) -> String {
        name.isEmpty ? address.text : "\(MailEncoding.displayName(name)) <\(address.text)>"
    }

    /// `Sat, 21 Nov 2026 08:30:00 +0000`.
    static func mailDate(_ time: Timestamp) -> String {
        // 1970-01-01 was a Thursday; the text is `2026-11-21T08:30:00.125Z`.
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = Array(time.description.utf8)
        func part(_ range: ClosedRange<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let month = months[(Int(part(5...6)) ?? 1) - 1]
        let day = days[Int(time.seconds / 86_400) % 7]
        return "\(day), \(part(8...9)) \(month) \(part(0...3)) \(part(11...18)) +0000"
    }
}
