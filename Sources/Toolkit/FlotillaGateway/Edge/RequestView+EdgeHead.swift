#if os(Linux)
    internal import FlotillaProxy

    extension RequestView: EdgeHead {
        borrowing func methodText() -> String { methodName() }
        borrowing func pathText() -> String {
            let path = head.path
            return path.isEmpty ? "/" : withBytes { path.text(of: $0) }
        }
        borrowing func queryText() -> String {
            guard let query = head.query else { return "" }
            return withBytes { query.text(of: $0) }
        }
        borrowing func hostText() -> String {
            let authority = head.authority
            return withBytes { authority.text(of: $0) }
        }
        borrowing func addressText() -> String { remoteAddress }
        borrowing func field(_ name: String) -> String? {
            let head = head
            let name = Array(name.utf8)
            return withBytes { bytes in head.first(named: name, in: bytes)?.value.text(of: bytes) }
        }
    }
#endif
