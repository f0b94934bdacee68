extension WireHead {
    /// Writes the fields on, but for those in `dropped`, those Connection lists when `checksNames`, and `names`
    /// (lower case). Neighbouring lines that stay are copied in one piece.
    func copyFields(
        to out: inout WireBuffer, from bytes: UnsafeRawBufferPointer, dropping dropped: KnownFieldSet,
        checksNames: Bool, names: [[UInt8]]
    ) {
        let view = WireBytes(bytes)
        var run = 0..<0
        let isPicky = checksNames || !names.isEmpty
        for field in fields {
            if dropped.contains(field.known) || isPicky && isDropped(field, view, checksNames, names) { continue }
            if field.isPlain {
                let line = field.line
                if run.upperBound == line.lowerBound {
                    run = run.lowerBound..<line.upperBound
                    continue
                }
                out.appendPiece(run, of: bytes)
                run = line
            } else {
                out.appendPiece(run, of: bytes)
                run = 0..<0
                out.append(field.name.bytes(of: bytes))
                out.append(": ")
                out.append(field.value.bytes(of: bytes))
                out.append("\r\n")
            }
        }
        out.appendPiece(run, of: bytes)
    }

    private func isDropped(_ field: WireField, _ bytes: WireBytes, _ checksNames: Bool, _ names: [[UInt8]]) -> Bool {
        if checksNames, isNamedByConnection(field.name, bytes) { return true }
        return names.contains { name in
            guard name.count == field.name.count else { return false }
            for place in 0..<name.count
            where WireByte.lowercase(bytes[field.name.start + place]) != name[place] { return false }
            return true
        }
    }
}

extension WireBuffer {
    fileprivate mutating func appendPiece(_ piece: Range<Int>, of bytes: UnsafeRawBufferPointer) {
        guard !piece.isEmpty else { return }
        precondition(piece.upperBound <= bytes.count, "a piece of other bytes")
        append(UnsafeRawBufferPointer(rebasing: bytes[piece]))
    }
}
