internal import FlotillaCore
internal import FlotillaHTTP
internal import ShopContracts

/// What a registration brings.
struct RegisterUserBody: RequestInput {
    let email: String
    let password: Secret
    let name: String
    let language: String?
    let region: String?

    init(from fields: inout FieldReader) {
        email = fields.email("email")
        password = Secret(fields.string("password", length: PasswordRule.length, .anything))
        name = fields.string("name", length: 1...100)
        language = fields.optionalString("language", length: 2...35, .languageTag)
        region = fields.optionalString("region", length: 2...16, .regionName)
    }
}

/// What may be changed of the own profile.
struct UpdateProfileBody: RequestInput {
    let change: ProfileChange

    init(from fields: inout FieldReader) {
        change = ProfileChange(
            name: fields.optionalString("name", length: 1...100),
            language: fields.optionalString("language", length: 2...35, .languageTag))
    }
}

/// A profile, as its owner sees it.
struct UserAnswer: ResponseBody {
    var user: User

    static var example: UserAnswer {
        UserAnswer(
            user: User(
                id: UserID(unchecked: "01KBB2A7Q3M0W9T5XJ8VZ4C6DE"), email: EmailAddress(known: "ada@shop.example"),
                name: "Ada Lovelace", region: "eu", createdAt: Timestamp(seconds: 1_767_225_600),
                updatedAt: Timestamp(seconds: 1_767_225_600)))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", user.id)
            json.field("email", user.email.text)
            json.field("name", user.name)
            json.field("role", user.role.rawValue)
            json.field("tier", user.tier.rawValue)
            json.field("region", user.region)
            json.field("language", user.language)
            json.field("createdAt", user.createdAt)
            json.field("updatedAt", user.updatedAt)
        }
    }
}

extension TextRule {
    /// A language tag in the form people use (BCP 47 without its rare parts).
    static let languageTag = TextRule(
        pattern: "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", requirement: "be a language tag like en or pt-BR", example: "en"
    ) { text in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let language = parts.first, (2...3).contains(language.utf8.count),
            language.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) })
        else { return false }
        return parts.dropFirst().allSatisfy { part in
            (2...8).contains(part.utf8.count)
                && part.utf8.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) || (0x30...0x39).contains($0) }
        }
    }

    /// `eu`, `us-west`.
    static let regionName = TextRule(
        pattern: "^[a-z0-9-]*$", requirement: "be lower-case letters, digits and -", example: "eu"
    ) { text in
        text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
