#if os(Linux)
    internal import FlotillaProxy

    extension RequestView: EdgeHead {
        borrowing func methodText() -> String { methodName() }
        borrowing func isMethod(_ name: [UInt8]) -> Bool {
            let range = head.methodName
            return withBytes { bytes in
                let sent = range.bytes(of: bytes)
                return sent.count == name.count && sent.elementsEqual(name)
            }
        }
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
        borrowing func allFields() -> [(name: String, value: String)] {
            let head = head
            return withBytes { bytes in
                head.fields.map { ($0.name.text(of: bytes).lowercased(), $0.value.text(of: bytes)) }
            }
        }
        borrowing func addressText() -> String { remoteAddress }
        borrowing func withField<T>(_ name: KnownField, _ body: (UnsafeRawBufferPointer?) -> T) -> T {
            guard let field = head.first(name) else { return body(nil) }
            return withBytes { body(field.value.bytes(of: $0)) }
        }
        borrowing func fieldLines(_ name: String) -> [String] {
            let head = head
            let name = Array(name.utf8)
            return withBytes { bytes in
                head.fields.compactMap { field in
                    let isWanted = field.name.count == name.count && field.name.bytes(of: bytes).isLowercase(name)
                    return isWanted ? field.value.text(of: bytes) : nil
                }
            }
        }
        borrowing func field(_ name: String) -> String? {
            let head = head
            let name = Array(name.utf8)
            return withBytes { bytes in head.first(named: name, in: bytes)?.value.text(of: bytes) }
        }
    }

    extension UnsafeRawBufferPointer {
        /// Whether these bytes are `name`, which is lower case and as long, but for the case of their letters.
        fileprivate func isLowercase(_ name: [UInt8]) -> Bool {
            zip(self, name).allSatisfy { byte, wanted in
                byte == wanted || ((65...90).contains(byte) && byte | 0x20 == wanted)
            }
        }
    }
#endif
