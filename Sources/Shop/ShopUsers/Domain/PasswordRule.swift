/// What a password must be like (NIST SP 800-63B: length matters, rules for characters do not).
enum PasswordRule {
    /// In Unicode scalars.
    static let length = 8...128
}
