#if os(Linux)
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import HTTPTypes

    extension Request {
        /// A request that came to a ``LoopServer``, without what belongs to the connection alone (RFC 9110,
        /// section 7.6.1).
        init(_ arrived: ArrivedRequest) {
            self = arrived.withBytes { Request(arrived.head, $0, arrived.body, arrived.remoteAddress) }
        }

        /// The head of a request, for what is told of it.
        init(_ view: borrowing RequestView) {
            let (head, address) = (view.head, view.remoteAddress)
            self = view.withBytes { Request(head, $0, [], address) }
        }

        private init(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer, _ body: [UInt8], _ remoteAddress: String) {
            var fields = HTTPFields()
            fields.reserveCapacity(head.fields.count)
            let named = head.connection.contains(.named) ? Self.named(by: head, bytes) : []
            for field in head.fields where !field.known.isOfConnection {
                guard let name = HTTPField.Name(field.name.text(of: bytes)) else { continue }
                if !named.isEmpty, named.contains(name.canonicalName) { continue }
                fields.append(HTTPField(name: name, value: field.value.text(of: bytes)))
            }
            self.init(
                HTTPRequest.Method(head, bytes), target: head.target.text(of: bytes), headers: fields, body: body,
                remoteAddress: remoteAddress)
            authority = head.authority.text(of: bytes)
        }

        /// The fields that the client wants to end here, in lower case.
        private static func named(by head: RequestHead, _ bytes: UnsafeRawBufferPointer) -> Set<String> {
            var names: Set<String> = []
            for field in head.fields where field.known == .connection {
                for name in field.value.text(of: bytes).split(separator: ",") {
                    names.insert(name.lowercased().filter { $0 != " " && $0 != "\t" })
                }
            }
            return names
        }
    }

    extension HTTPRequest.Method {
        fileprivate init(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer) {
            switch head.method {
            case .get: self = .get
            case .head: self = .head
            case .post: self = .post
            case .put: self = .put
            case .delete: self = .delete
            case .options: self = .options
            case .patch: self = .patch
            case .trace: self = .trace
            // The parser has let nothing through but a token, which is what there can be a method of.
            case .connect, .other: self = HTTPRequest.Method(head.methodName.text(of: bytes)) ?? .get
            }
        }
    }

    extension KnownField {
        /// Whether it is about the connection, or stands elsewhere in a ``Request``.
        fileprivate var isOfConnection: Bool {
            switch self {
            case .connection, .expect, .host, .keepAlive, .proxyConnection, .transferEncoding, .upgrade: true
            default: false
            }
        }
    }

    extension AnswerHead {
        /// Of a response, without what the server knows better.
        init(_ response: Response) {
            let code = response.status.code
            let phrase = response.status.reasonPhrase
            self.init(
                status: code, reason: phrase.isEmpty ? HTTPResponse.Status(integerLiteral: code).reasonPhrase : phrase)
            for field in response.headers {
                switch field.name {
                case .contentLength: lengthOfAbsentBody = Int(field.value)
                case .connection, .date, .transferEncoding: continue
                default: add(field.name.rawName, field.value)
                }
            }
        }
    }
#endif
