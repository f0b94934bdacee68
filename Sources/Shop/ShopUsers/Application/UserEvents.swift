internal import FlotillaCore
internal import ShopContracts

/// The events of Users, made from the state they tell about.
extension User {
    var registered: UserRegistered {
        UserRegistered { event in
            event.userID = id.text
            event.email = email.text
            event.name = name
            event.language = language
            event.role = role.rawValue
            event.tier = tier.rawValue
            event.region = region
        }
    }

    var updated: UserUpdated {
        UserUpdated { event in
            event.userID = id.text
            event.email = email.text
            event.name = name
            event.language = language
            event.role = role.rawValue
            event.tier = tier.rawValue
            event.region = region
            event.isActive = isActive
        }
    }
}
