internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// The caller's address book over HTTP.
struct AddressRoutes: Sendable {
    let context: UsersContext

    func add(to routes: inout Routes) {
        let context = context
        routes.add(
            .get, "/users/me/addresses", access: .signedIn, summary: "The caller's addresses",
            answers: Page<AddressAnswer>.self
        ) { call in
            let addresses = try await ListAddresses(context: context)(of: call.userID)
            return Answer(
                Page(items: addresses.map(AddressAnswer.init), nextCursor: nil),
                headers: [.cacheControl: "private, no-cache"])
        }
        routes.add(
            .post, "/users/me/addresses", access: .signedIn, summary: "Save an address", input: AddressBody.self,
            answers: AddressAnswer.self, status: .created,
            problems: [KnownProblem(.conflict, "too-many-addresses", "Delete an address first.")]
        ) { call, body in
            let saved = try await AddAddress(context: context)(body.address, of: call.userID)
            return Answer(
                AddressAnswer(saved: saved), headers: [.location: "/api/v1/users/me/addresses/\(saved.id)"])
        }
        routes.add(
            .delete, "/users/me/addresses/{id}", access: .signedIn, summary: "Delete an address",
            answers: NoContent.self
        ) { call in
            try await DeleteAddress(context: context)(call.id("id"), of: call.userID)
            return .done
        }
    }
}
