#if os(Linux)
    /// A request of which the head has come, where it lies in memory. It cannot be kept; ``ArrivedRequest`` can.
    public struct RequestView: ~Copyable {
        public let head: RequestHead
        private let origin: ClientOrigin
        /// Whether the body is here as well, or there is none.
        public let isBodyHere: Bool
        /// Valid while the view is.
        private let bytes: UnsafeRawBufferPointer

        init(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer, from origin: ClientOrigin, isBodyHere: Bool) {
            self.head = head
            self.bytes = bytes
            self.origin = origin
            self.isBodyHere = isBodyHere
        }

        /// The IP address it came from.
        public var remoteAddress: String { origin.address }

        /// Whether it came over TLS.
        public var isSecure: Bool { origin.isSecure }

        /// Who the client has proved to be; nil when it has shown no certificate, or there is no TLS.
        public var clientCertificate: ClientCertificate? { origin.certificate }

        /// Lends the bytes that the ranges of ``head`` are about; they must not be kept.
        public borrowing func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { body(bytes) }

        /// The value of the first field of that kind. Allocates when it is long.
        public borrowing func text(_ field: KnownField) -> String? { head.text(field, in: bytes) }

        /// The value of the first field of that name, which is lower case.
        public borrowing func text(named name: StaticString) -> String? {
            head.first(named: name, in: bytes)?.value.text(of: bytes)
        }

        /// The method's name as it was sent.
        public borrowing func methodName() -> String { head.methodName.text(of: bytes) }
    }

    /// A request that has come whole.
    public struct ArrivedRequest: Sendable {
        public let head: RequestHead
        /// Without its coding.
        public let body: [UInt8]
        private let origin: ClientOrigin
        /// What the ranges of ``head`` are about.
        private let bytes: [UInt8]

        init(_ head: RequestHead, _ bytes: [UInt8], body: [UInt8], from origin: ClientOrigin) {
            self.head = head
            self.bytes = bytes
            self.body = body
            self.origin = origin
        }

        /// The IP address it came from.
        public var remoteAddress: String { origin.address }

        /// Whether it came over TLS.
        public var isSecure: Bool { origin.isSecure }

        /// Who the client has proved to be; nil when it has shown no certificate, or there is no TLS.
        public var clientCertificate: ClientCertificate? { origin.certificate }

        /// Lends the bytes that the ranges of ``head`` are about; they must not be kept.
        public func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { bytes.withUnsafeBytes(body) }

        /// A piece of the head.
        public func text(_ range: WireRange) -> String { bytes.withUnsafeBytes { range.text(of: $0) } }
    }
#endif
