/// The versions of HTTP that are spoken in this form.
public enum WireVersion: UInt8, Sendable, Hashable {
    case http10, http11
}
