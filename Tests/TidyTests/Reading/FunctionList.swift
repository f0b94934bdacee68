/// A function, initialiser or the like with a body.
struct FunctionSpan {
    let name: Substring
    let firstLine: Int
    let lastLine: Int
    var lines: Int { lastLine - firstLine + 1 }
}

extension SourceText {
    /// The functions, initialisers, deinitialisers and subscripts of a Swift file that have a body.
    var functions: [FunctionSpan] {
        ["func", "init", "deinit", "subscript"].flatMap { keyword in
            code.offsets(ofWord: keyword).compactMap { function(keyword, at: $0) }
        }
        .sorted { $0.firstLine < $1.firstLine }
    }

    private func function(_ keyword: String, at offset: Int) -> FunctionSpan? {
        // `.init(`, `self.init(`: a call.
        if offset > 0, code[offset - 1] == UInt8(ascii: ".") { return nil }
        guard let open = bodyStart(from: offset + keyword.utf8.count),
            let close = closingCurly(from: open)
        else { return nil }
        let signature = String(decoding: code[offset..<open], as: UTF8.self)
        let name = signature.prefix { !"(<{?\n".contains($0) }.trimmed
        return FunctionSpan(name: name, firstLine: line(at: offset), lastLine: line(at: close))
    }

    /// The `{` that opens the body, or nil for a requirement of a protocol.
    private func bodyStart(from start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < code.count {
            switch code[index] {
            case Byte.openRound, Byte.openSquare: depth += 1
            case Byte.closeRound, Byte.closeSquare:
                depth -= 1
                if depth < 0 { return nil }
            case Byte.openCurly where depth == 0: return index
            case Byte.closeCurly where depth == 0: return nil
            case Byte.newline where depth == 0:
                guard continues(after: index) else { return nil }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Whether the signature goes on in the line after the line end at `newline`.
    private func continues(after newline: Int) -> Bool {
        var back = newline - 1
        while back > 0, code[back] == Byte.space { back -= 1 }
        if back > 0, [UInt8(ascii: ","), UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: "&")].contains(code[back]) {
            return true
        }
        let next = line(at: newline) + 1
        guard next <= lineStarts.count else { return false }
        let text = codeLine(next)
        return ["{", "->", "where", "async", "throws", "rethrows", "==", ")"].contains { text.hasPrefix($0) }
    }

    /// The `}` that closes the `{` at `open`.
    func closingCurly(from open: Int) -> Int? {
        var depth = 0
        for index in open..<code.count {
            if code[index] == Byte.openCurly { depth += 1 }
            if code[index] == Byte.closeCurly {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }
}
