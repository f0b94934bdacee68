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

    var bytes: [UInt8] {
        let headers = [
            "From: \(mailbox(fromName, from))",
            "To: \(mailbox(toName, to))",
            "Subject: \(MailEncoding.header(subject))",
            "Date: \(Self.mailDate(date))",
            "Message-ID: <\(id)@\(from.domain)>",
            // No auto-responder answers (RFC 3834).
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + MailEncoding.body(text)).utf8)
    }

    private func mailbox(_ name: String, _ address: MailAddress) -> String {
        name.isEmpty ? address.text : "\(MailEncoding.displayName(name)) <\(address.text)>"
    }

    /// `Sat, 21 Nov 2026 08:30:00 +0000`.
    static func mailDate(_ time: Timestamp) -> String {
        // 1970-01-01 was a Thursday; the text is `2026-11-21T08:30:00.125Z`.
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = Array(time.description)
        let month = months[(Int(String(text[5...6])) ?? 1) - 1]
        let day = days[Int(time.seconds / 86_400) % 7]
        return "\(day), \(String(text[8...9])) \(month) \(String(text[0...3])) \(String(text[11...18])) +0000"
    }
}
