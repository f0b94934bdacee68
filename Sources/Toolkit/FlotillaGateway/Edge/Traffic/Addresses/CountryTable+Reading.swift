internal import FlotillaConfiguration

extension CountryTable {
    /// Reads the key `countries` at the top of a file: the path of a table. Without it the table is empty.
    init(from fields: inout YAMLFields) {
        let path = fields.optionalText(
            "countries", bytes: 1...1_000,
            "A file with the country of each address, in lines first,last,CC or network,CC; beside this one.")
        self = path.map { Self.read($0, &fields) } ?? .empty
    }

    private static func read(_ path: String, _ fields: inout YAMLFields) -> CountryTable {
        let path = LocalFile.path(path, beside: fields.origin)
        do {
            return try CountryTable(LocalFile.read(path, bytesMax: bytesMax), path: path)
        } catch let error as ConfigurationError {
            for problem in error.problems {
                fields.problem(
                    at: "countries", value: problem.origin.map { "\($0)" }, problem.message, allowed: problem.allowed)
            }
        } catch {
            fields.problem(at: "countries", value: path, "\(error)", allowed: "a file that can be read")
        }
        return .empty
    }
}
