/// A responder that ends by the deadline of its request by itself, so that nobody has to watch the time for it.
///
/// At the deadline it cancels what it does and answers 504; like all structured work it ends as soon as that has ended.
/// What it may wait for before, the keys by which tokens are checked, is bounded by a policy of its own. A guard around
/// it needs no alarm and no task besides, which cost more than the rest of the guard.
public protocol PunctualResponder: Responder {}
