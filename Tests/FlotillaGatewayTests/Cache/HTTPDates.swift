internal import FlotillaProxy

/// Dates as HTTP writes them.
enum HTTPDates {
    static func text(_ seconds: Int64) -> String {
        var text: [UInt8] = []
        HTTPDate.write(seconds, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
