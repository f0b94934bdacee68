/// A method as it is reached by plain HTTP: which method, and what of a request goes where in its message.
///
/// Made by a ``Transcoder``, checked against its schema; a value that can be kept and shared.
public struct GRPCBinding: Sendable {
    let method: MethodType
    let rule: HTTPRule
    /// Nil: the path is matched by somebody else.
    let template: RuleTemplate?

    /// `package.Service/Method`.
    public var name: String { "\(method.service)/\(method.name)" }
}
