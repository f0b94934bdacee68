internal import FlotillaCore

/// Makes records of what was logged, redacts and bounds them, and gives them to the sink.
struct LogEmitter: Sendable {
    let service: String
    let sink: any LogSink
    let world: World

    func emit(
        _ level: LogLevel, message: String, traceID: String?, spanID: String?,
        correlationID: String?, fields: [LogRecord.Field]
    ) {
        var fields = fields
        if fields.count > 1 { fields.sort { $0.key < $1.key } }
        if fields.count > LogRecord.metadataCountMax { fields.removeLast(fields.count - LogRecord.metadataCountMax) }
        for index in fields.indices {
            fields[index].key = Redaction.text(fields[index].key, bytesMax: 256)
            fields[index].value = Redaction.value(
                fields[index].value, key: fields[index].key, bytesMax: LogRecord.valueBytesMax)
        }
        sink.write(
            LogRecord(
                timestamp: world.now, level: level, service: service, traceID: traceID.map(identifier),
                spanID: spanID.map(identifier), correlationID: correlationID.map(identifier),
                message: Redaction.text(message, bytesMax: LogRecord.messageBytesMax), metadata: fields))
    }

    /// IDs are our own hex digits, which may look like a card number by chance, or come from a header and may be one.
    private func identifier(_ text: String) -> String {
        let isHex = text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        let isOurs = isHex && (text.utf8.count == 32 || text.utf8.count == 16)
        return isOurs && !text.utf8.allSatisfy { $0 < 58 } ? text : Redaction.text(text, bytesMax: 128)
    }
}
