internal import FlotillaCore
internal import FlotillaHTTP

/// An address as it comes in.
struct AddressBody: RequestInput {
    let address: DeliveryAddress

    init(from fields: inout FieldReader) {
        address = DeliveryAddress(
            name: fields.string("name", length: 1...100), line1: fields.string("line1", length: 1...200),
            line2: fields.optionalString("line2", length: 1...200), city: fields.string("city", length: 1...100),
            postalCode: fields.string("postalCode", length: 1...20),
            country: fields.string("country", length: 2...2, .capitals))
    }
}

/// An address as it goes out.
struct AddressAnswer: ResponseBody {
    var saved: SavedAddress

    static var example: AddressAnswer {
        AddressAnswer(
            saved: SavedAddress(
                id: AddressID(unchecked: "01KBB2A7Q3M0W9T5XJ8VZ4C6DE"),
                address: DeliveryAddress(
                    name: "Ada Lovelace", line1: "12 St James's Square", line2: "2nd floor", city: "London",
                    postalCode: "SW1Y 4JH", country: "GB")))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", saved.id)
            json.field("name", saved.address.name)
            json.field("line1", saved.address.line1)
            json.optionalField("line2", saved.address.line2)
            json.field("city", saved.address.city)
            json.field("postalCode", saved.address.postalCode)
            json.field("country", saved.address.country)
        }
    }
}
