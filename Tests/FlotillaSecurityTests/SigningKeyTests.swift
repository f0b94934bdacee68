internal import FlotillaCore
internal import FlotillaTesting
internal import Testing

@testable internal import FlotillaSecurity

@Suite struct SigningKeyTests {
    @Test("a stored key is the same key, readable by its owner only")
    func storedKey() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "signing.pem")
        #expect(try SigningKey.load(from: path) == nil)
        let key = try SigningKey.loadOrCreate(at: path)
        #expect(try folder.mode("signing.pem") == 0o600)
        #expect(try SigningKey.loadOrCreate(at: path).id == key.id)
        #expect(try folder.contents().map(\.path) == ["signing.pem"])
    }

    @Test("a key that is there is never overwritten")
    func noOverwrite() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "signing.pem")
        #expect(try Keys.first.get().create(at: path))
        #expect(try Keys.second.get().create(at: path) == false)
        #expect(try SigningKey.load(from: path)?.id == Keys.first.get().id)
        #expect(try folder.contents().map(\.path) == ["signing.pem"])
    }

    @Test("a key others may read is refused", arguments: [0o640, 0o604, 0o660, 0o644])
    func looseMode(mode: Int) throws {
        let folder = try TemporaryFolder()
        _ = try Keys.first.get().create(at: folder.path(of: "signing.pem"))
        try folder.setMode("signing.pem", mode)
        let error = #expect(throws: ServiceError.self) { try SigningKey.load(from: folder.path(of: "signing.pem")) }
        #expect(error?.slug == "key-file")
        #expect(error?.detail.contains("chmod 600") == true)
    }

    @Test("what is no private key is refused and not repeated", arguments: [
        "", "secret-text", "-----BEGIN RSA PRIVATE KEY-----\nsecret-text\n-----END RSA PRIVATE KEY-----",
    ])
    func notAKey(pem: String) throws {
        let error = #expect(throws: ServiceError.self) { try SigningKey(pem: Secret(pem)) }
        #expect(error?.slug == "signing-key")
        #expect(error?.detail.contains("secret-text") == false)
    }

    @Test("a folder that is missing is named")
    func missingFolder() throws {
        let error = #expect(throws: ServiceError.self) { try Keys.first.get().create(at: "/nowhere/at/all/key.pem") }
        #expect(error?.detail.contains("/nowhere/at/all/key.pem") == true)
    }

    @Test("neither description nor dump shows the key")
    func description() throws {
        let key = try Keys.first.get()
        #expect("\(key)" == "SigningKey(\(key.id))")
        #expect("\(key.pem)" == "<secret>")
    }

    @Test("the published set has the public numbers only, the newest key first")
    func publishedSet() throws {
        let (new, old) = (try Keys.second.get(), try Keys.first.get())
        let issuer = TokenIssuer(issuer: "i", audience: "a", key: new, retired: [old], world: .manual())
        let json = String(decoding: issuer.jwksJSON, as: UTF8.self)
        let one = #"{"alg":"RS256","e":"AQAB","kid":"\#(new.id)","kty":"RSA","n":"\#(new.modulus)","use":"sig"}"#
        #expect(json.hasPrefix(#"{"keys":["# + one + ","))
        #expect(json.contains(old.id))
        #expect(!json.contains(#""d""#))
        #expect(new.id.utf8.count == 43)
    }
}
