extension EdgeHead where Self: ~Copyable {
    /// The values of all fields of that name, with commas in between (RFC 9110, section 5.3); nil when there is none.
    borrowing func joined(_ name: String) -> String? {
        let lines = fieldLines(name)
        return lines.count > 1 ? lines.joined(separator: name == "cookie" ? "; " : ", ") : lines.first
    }
}
