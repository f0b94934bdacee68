internal import FlotillaConfiguration
internal import FlotillaSecurity

extension AuthenticationPlan {
    /// Reads the group `authentication`.
    init(from fields: inout YAMLFields) {
        let tokens = fields.optionalGroup("tokens", "Which bearer tokens (JSON Web Tokens) are believed.") { fields in
            Tokens(from: &fields)
        }
        self.tokens = tokens ?? nil
        apiKeys = fields.groups("apiKeys", count: 0...1_000, "Applications that send X-API-Key.") { fields in
            APIKey(from: &fields)
        }.compactMap(\.value)
        certificates = fields.groups("certificates", count: 0...1_000, "Whom client certificates stand for.") {
            Certificate(from: &$0)
        }.compactMap(\.value)
        refuseDoubles(&fields)
    }

    private func refuseDoubles(_ fields: inout YAMLFields) {
        var names: Set<String> = []
        var digests: Set<SecretDigest> = []
        for key in apiKeys {
            guard !names.insert(key.name).inserted || !digests.insert(key.digest).inserted else { continue }
            fields.problem(
                at: "apiKeys", value: key.name, "has a name or a key that another has",
                allowed: "each name and each key once")
        }
        var matches: Set<Certificate.Match> = []
        for certificate in certificates where !matches.insert(certificate.match).inserted {
            fields.problem(
                at: "certificates", value: certificate.id, "is said of a certificate that stands for another as well",
                allowed: "each certificate once")
        }
    }
}

extension AuthenticationPlan.Tokens {
    fileprivate init?(from fields: inout YAMLFields) {
        let issuer = fields.neededText("issuer", "Who issues them: the claim iss, as it stands in the tokens.")
        let audience = fields.neededText("audience", "Whom they are for: the claim aud.")
        let place = fields.neededText(
            "keys", bytes: 1...1_000, "The issuer's key set: a URL that begins with http, or the path of a file.")
        let words = fields.texts(
            "algorithms", count: 0...2, "By which they may be signed; RS256 and ES256 if not said.")
        var algorithms: [TokenAlgorithm] = []
        for word in words {
            guard let algorithm = TokenAlgorithm(rawValue: word) else {
                fields.problem(at: "algorithms", value: word, "is not accepted here", allowed: "RS256, ES256")
                continue
            }
            algorithms.append(algorithm)
        }
        claims = fields.group("claims", "By what names the issuer says who somebody is; a.b leads into objects.") {
            ClaimNames(from: &$0)
        }
        keysAgeMax = fields.duration(
            "keysAgeMax", in: .seconds(10) ... .seconds(86_400), default: .seconds(3_600),
            "Keys older than this are asked for again; while that fails they stay in use.")
        lifetimeMax = fields.duration(
            "lifetimeMax", in: .seconds(60) ... .seconds(86_400), default: .seconds(3_600),
            "A token that is valid for longer in all is refused.")
        rememberedMax = fields.int(
            "rememberedMax", in: 1...1_000_000, default: 10_000, "Valid tokens that need not be verified again.")
        guard let issuer, let audience, let place else { return nil }
        if place.contains("://"), !Self.isURL(place) {
            fields.problem(
                at: "keys", value: place, "is no place of keys",
                allowed: "http:// or https:// with a host, without user and password, or the path of a file")
        }
        (self.issuer, self.audience) = (issuer, audience)
        keys = place.contains("://") ? .url(place) : .file(LocalFile.path(place, beside: fields.origin))
        self.algorithms = algorithms.isEmpty ? TokenAlgorithm.allCases : algorithms
    }

    private static func isURL(_ text: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return false }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return !authority.isEmpty && !authority.contains("@") && !text.contains { $0.isWhitespace || !$0.isASCII }
    }
}

extension ClaimNames {
    fileprivate init(from fields: inout YAMLFields) {
        let usual = ClaimNames()
        self.init(
            subject: fields.optionalText("subject", "Whom a token speaks for; sub if not said.") ?? usual.subject,
            role: fields.optionalText("role", "What they are; role if not said.") ?? usual.role,
            tier: fields.optionalText("tier", "How much they may send; tier if not said.") ?? usual.tier,
            region: fields.optionalText("region", "Where they belong; region if not said.") ?? usual.region,
            scopes: fields.optionalText("scopes", "What the token is good for; scope if not said.") ?? usual.scopes)
    }
}

extension AuthenticationPlan.APIKey {
    fileprivate init?(from fields: inout YAMLFields) {
        let name = fields.neededText("name", bytes: 1...64, "What the application is called.")
        let hex = fields.neededText(
            "sha256", "The key's SHA-256: 64 hexadecimal digits. The key itself stands nowhere.")
        permissions = fields.texts("permissions", count: 0...100, "What it may do; orders.* is all that begins so.")
        perHour = fields.optionalInt("perHour", in: 1...1_000_000, "Requests in an hour; any number if not said.")
        tier = fields.optionalText("tier", "Its tier, for limits; free if not said.") ?? "free"
        let digest = hex.flatMap { SecretDigest(hex: $0) }
        if hex != nil, digest == nil {
            // Whoever wrote the key itself here should not find it in a log.
            fields.problem(
                at: "sha256", "is no SHA-256", allowed: "64 hexadecimal digits, as `printf %s KEY | sha256sum` prints")
        }
        guard let name, let digest else { return nil }
        (self.name, self.digest) = (name, digest)
    }
}

extension AuthenticationPlan.Certificate {
    fileprivate init?(from fields: inout YAMLFields) {
        let subject = fields.optionalText("subject", "The distinguished name, as CN=orders,O=shop.")
        let name = fields.optionalText("san", "One of its alternative names: a host or a URI.")
        let sha256 = fields.optionalText("sha256", "Its fingerprint: 64 hexadecimal digits.")
        let id = fields.neededText("id", bytes: 1...128, "Who it stands for: the caller's ID.")
        role = fields.optionalText("role", "The caller's role; service if not said.") ?? "service"
        tier = fields.optionalText("tier", "The caller's tier; free if not said.") ?? "free"
        let matches = [
            subject.map { Match.subject($0) }, name.map { Match.name($0) },
            sha256.map { Match.sha256($0.lowercased()) },
        ].compactMap(\.self)
        if !fields.isDescribing, matches.count != 1 {
            fields.problem("does not say which certificate", allowed: "one of subject, san and sha256")
        }
        if let sha256, SecretDigest(hex: sha256) == nil {
            fields.problem(at: "sha256", value: sha256, "is no SHA-256", allowed: "64 hexadecimal digits")
        }
        guard let match = matches.first, let id else { return nil }
        (self.match, self.id) = (match, id)
    }
}

extension YAMLFields {
    /// A text that may not be missing; nil with a problem.
    fileprivate mutating func neededText(
        _ key: String, bytes: ClosedRange<Int> = 1...200, _ about: String
    ) -> String? {
        let text = optionalText(key, bytes: bytes, about)
        if text == nil, !isDescribing, !has(key) {
            problem(at: key, "is not set", allowed: "text of \(bytes.lowerBound) to \(bytes.upperBound) bytes")
        }
        return text
    }
}
