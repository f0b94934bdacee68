/// The members of a JSON object, in the order in which they stood.
///
/// Names are unique. Look-up is linear: objects of requests are small, and hashing all names
/// first would cost more than it saves.
public struct JSONObject: Sendable, Hashable {
    /// One name and its value.
    public struct Member: Sendable, Hashable {
        /// As it was written, escapes resolved.
        public var name: String
        /// Of any type.
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// In their order.
    public private(set) var members: [Member]

    /// - Parameter members: their names must differ; of two members with one name only the first is ever found.
    public init(_ members: [Member] = []) { self.members = members }

    /// How many members there are.
    public var count: Int { members.count }
    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The names in their order.
    public var names: [String] { members.map(\.name) }

    /// The value of the member of that name. Setting replaces it in its place, adds it at the end, or removes it.
    public subscript(_ name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The same members in the order of their names, for output that must not depend on how it was built.
    public func sortedByName() -> JSONObject {
        JSONObject(members.sorted { $0.name < $1.name })
    }
}
