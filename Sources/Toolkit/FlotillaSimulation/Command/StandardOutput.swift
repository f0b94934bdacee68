internal import FlotillaCore
internal import Foundation

/// Writes to the standard output at once, so that whoever waits for a line sees it.
func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

extension Duration {
    /// For people: with fractions.
    var inSeconds: Double { Double(microseconds) / 1_000_000 }
}
