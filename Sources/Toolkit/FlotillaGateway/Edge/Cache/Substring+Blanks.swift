extension Substring {
    /// Without spaces and tabs at its ends (OWS, RFC 9110, section 5.6.3).
    var withoutBlanks: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
