internal import FlotillaCore

// The provider's answers on their short way from an activity's work to its commit. They are never stored.

extension ChargeAnswer: MessagePayload {
    static let messageType = "shop.payments.charge-answer"

    init(messageBytes: [UInt8]) throws {
        let (word, rest) = try words(messageBytes, of: Self.messageType)
        switch word {
        case "captured": self = .captured(reference: rest)
        case "declined": self = .declined(reason: rest)
        case "voided": self = .voided
        case "overtaken": self = .overtaken
        default: throw unknownWord(word, of: Self.messageType)
        }
    }

    func messageBytes() -> [UInt8] {
        switch self {
        case .captured(let reference): Array("captured \(reference)".utf8)
        case .declined(let reason): Array("declined \(reason)".utf8)
        case .voided: Array("voided".utf8)
        case .overtaken: Array("overtaken".utf8)
        }
    }
}

extension RefundAnswer: MessagePayload {
    static let messageType = "shop.payments.refund-answer"

    init(messageBytes: [UInt8]) throws {
        let (word, rest) = try words(messageBytes, of: Self.messageType)
        switch word {
        case "refunded": self = .refunded(reference: rest)
        case "nothing-charged": self = .nothingCharged
        case "refused": self = .refused(reason: rest)
        default: throw unknownWord(word, of: Self.messageType)
        }
    }

    func messageBytes() -> [UInt8] {
        switch self {
        case .refunded(let reference): Array("refunded \(reference)".utf8)
        case .nothingCharged: Array("nothing-charged".utf8)
        case .refused(let reason): Array("refused \(reason)".utf8)
        }
    }
}

private func words(_ bytes: [UInt8], of type: String) throws -> (first: Substring, rest: String) {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: " ", maxSplits: 1)
    guard let first = parts.first else { throw unknownWord("", of: type) }
    return (first, parts.count > 1 ? String(parts[1]) : "")
}

private func unknownWord(_ word: Substring, of type: String) -> ServiceError {
    ServiceError(.internal, "payload-unknown", "\"\(word)\" does not begin a \(type).")
}
