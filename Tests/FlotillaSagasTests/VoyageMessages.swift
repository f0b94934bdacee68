internal import FlotillaCore

/// A message whose bytes are a text.
protocol TextMessage: MessagePayload {
    var text: String { get set }
    init()
}

extension TextMessage {
    init(messageBytes: [UInt8]) {
        self.init()
        text = String(decoding: messageBytes, as: UTF8.self)
    }

    init(_ text: String) {
        self.init()
        self.text = text
    }

    func messageBytes() -> [UInt8] { Array(text.utf8) }
}

/// What a voyage remembers: the words of everything that was done, in order.
struct Voyage: TextMessage {
    static let messageType = "test.voyage.v1"
    var text = ""
}

struct LoadCargo: TextMessage {
    static let messageType = "test.load-cargo.v1"
    var text = ""
}

struct CargoLoaded: TextMessage {
    static let messageType = "test.cargo-loaded.v1"
    var text = ""
}

struct CargoRefused: TextMessage {
    static let messageType = "test.cargo-refused.v1"
    var text = ""
}

struct UnloadCargo: TextMessage {
    static let messageType = "test.unload-cargo.v1"
    var text = ""
}

struct CargoUnloaded: TextMessage {
    static let messageType = "test.cargo-unloaded.v1"
    var text = ""
}

struct UnloadingFailed: TextMessage {
    static let messageType = "test.unloading-failed.v1"
    var text = ""
}

struct HireCrew: TextMessage {
    static let messageType = "test.hire-crew.v1"
    var text = ""
}

struct CrewHired: TextMessage {
    static let messageType = "test.crew-hired.v1"
    var text = ""
}

struct CrewRefused: TextMessage {
    static let messageType = "test.crew-refused.v1"
    var text = ""
}

struct DismissCrew: TextMessage {
    static let messageType = "test.dismiss-crew.v1"
    var text = ""
}

struct CrewDismissed: TextMessage {
    static let messageType = "test.crew-dismissed.v1"
    var text = ""
}

struct CrewStays: TextMessage {
    static let messageType = "test.crew-stays.v1"
    var text = ""
}

struct SetSail: TextMessage {
    static let messageType = "test.set-sail.v1"
    var text = ""
}

struct Sailed: TextMessage {
    static let messageType = "test.sailed.v1"
    var text = ""
}

struct StormWarning: TextMessage {
    static let messageType = "test.storm-warning.v1"
    var text = ""
}

struct SendReport: TextMessage {
    static let messageType = "test.send-report.v1"
    var text = ""
}

struct ReportReceived: TextMessage {
    static let messageType = "test.report-received.v1"
    var text = ""
}

struct ReportRefused: TextMessage {
    static let messageType = "test.report-refused.v1"
    var text = ""
}
