/// Where a value was given.
public enum ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
    case defaultValue
    /// Line 0: the file as a whole.
    case file(path: String, line: Int)
    /// A key or value in a file, by line and column from 1.
    case place(path: String, line: Int, column: Int)
    case variable(String)
    /// The file that `NAME_FILE` in the environment names.
    case secretFile(path: String, variable: String)
    case flag(String)

    /// `shop.yaml:12`, `SHOP_ORDERS_TIMEOUT in the environment`, `flag --port`, `default`.
    public var description: String {
        switch self {
        case .defaultValue: "default"
        case .file(let path, let line): line > 0 ? "\(path):\(line)" : path
        case .place(let path, let line, let column): "\(path):\(line):\(column)"
        case .variable(let name): "\(name) in the environment"
        case .secretFile(let path, let variable): "\(path), named by \(variable)"
        case .flag(let name): "flag \(name)"
        }
    }

    /// Where in a file; 0 for what is in none.
    var place: (line: Int, column: Int) {
        switch self {
        case .file(_, let line): (line, 0)
        case .place(_, let line, let column): (line, column)
        case .defaultValue, .variable, .secretFile, .flag: (0, 0)
        }
    }
}
