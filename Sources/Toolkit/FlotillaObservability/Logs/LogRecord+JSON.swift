internal import FlotillaCore

extension LogRecord {
    /// The record as one line of JSON, without the newline; IDs that are not known are left out.
    ///
    /// Control characters are escaped, so a line is a line whatever was logged.
    public func json() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + message.utf8.count + metadata.count * 32)
        appendJSON(to: &bytes)
        return bytes
    }

    func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONText(bytes: bytes)
        // Hands the buffer over instead of copying it.
        bytes = []
        json.open()
        json.member("timestamp", timestamp.description)
        json.member("level", level.rawValue)
        json.member("service", service)
        if let traceID { json.member("traceId", traceID) }
        if let spanID { json.member("spanId", spanID) }
        if let correlationID { json.member("correlationId", correlationID) }
        json.member("message", message)
        if !metadata.isEmpty {
            json.key("metadata")
            json.open()
            for field in metadata { json.member(field.key, field.value) }
            json.close()
        }
        json.close()
        bytes = json.bytes
    }

    /// The record for somebody who reads along on a terminal.
    ///
    /// `08:30:00.125 warning orders  message key=value … trace=4bf92f35`
    func appendPlain(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: timestamp.description.utf8.dropFirst(11))
        bytes.append(32)
        appendPadded(level.rawValue, width: 8, to: &bytes)
        appendPadded(service, width: 14, to: &bytes)
        appendOneLine(message, to: &bytes)
        for field in metadata {
            bytes.append(32)
            appendOneLine(field.key, to: &bytes)
            bytes.append(61)
            appendOneLine(field.value, to: &bytes)
        }
        if let traceID {
            bytes.append(contentsOf: " trace=".utf8)
            appendOneLine(traceID, to: &bytes)
        }
    }
}

private func appendPadded(_ text: String, width: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(contentsOf: repeatElement(32, count: max(1, width - text.utf8.count)))
}

/// Control characters become spaces: a logged newline or escape sequence must not forge a line.
private func appendOneLine(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 { bytes.append(byte < 32 || byte == 127 ? 32 : byte) }
}
