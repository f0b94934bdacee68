internal import FlotillaConfiguration

/// Which country an address is registered in, from a table that somebody supplies as a file of lines
/// `first,last,CC` or `network,CC`. Ranges may not overlap. Looked up in at most 200 ns.
struct CountryTable: Sendable {
    /// More lines are refused; all of version 4 are some 300,000.
    static let rangesMax = 2_000_000
    /// A larger file is refused.
    static let bytesMax = 128 << 20
    private static let problemsMax = 20

    private let index: AddressIndex
    private let countries: [CountryCode]

    static let empty = CountryTable([])

    private init(_ entries: [(range: AddressRange, country: CountryCode)]) {
        index = AddressIndex(entries.map(\.range))
        countries = entries.map(\.country)
    }

    /// How many ranges there are.
    var count: Int { countries.count }
    var isEmpty: Bool { countries.isEmpty }

    /// ``CountryCode/unknown`` for an address that is in no range.
    func country(of address: IPAddress) -> CountryCode {
        index.place(of: address).map { countries[$0] } ?? .unknown
    }

    /// - Parameters:
    ///   - text: lines; empty ones and those that begin with `#` do not count, quotes around values may be there.
    ///   - path: for messages.
    /// - Throws: the first twenty lines that are wrong.
    init(_ text: [UInt8], path: String) throws(ConfigurationError) {
        var entries: [(range: AddressRange, country: CountryCode, line: Int)] = []
        var problems: [ConfigurationProblem] = []
        func problem(_ line: Int, _ message: String, _ allowed: String) {
            guard problems.count < Self.problemsMax else { return }
            problems.append(
                ConfigurationProblem(
                    key: "countries", value: nil, origin: .file(path: path, line: line), message: message,
                    allowed: allowed))
        }
        var number = 0
        for line in text.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            guard let first = line.first, first != UInt8(ascii: "#"), first != 13 else { continue }
            guard let (range, country) = Self.entry(line) else {
                problem(number, "has a line that is no range with a country", "first,last,CC or network/bits,CC")
                continue
            }
            entries.append((range, country, number))
        }
        if entries.count > Self.rangesMax {
            problem(0, "has \(entries.count) ranges", "at most \(Self.rangesMax)")
        }
        entries.sort { $0.range.first < $1.range.first }
        for (one, other) in zip(entries, entries.dropFirst()) where other.range.first <= one.range.last {
            problem(other.line, "has a range that overlaps the one of line \(one.line)", "each address once")
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        self.init(entries.map { ($0.range, $0.country) })
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> (AddressRange, CountryCode)? {
        let parts = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
            part.filter { $0 != UInt8(ascii: "\"") && $0 != 32 && $0 != 13 }
        }
        guard parts.count == 2 || parts.count == 3, let country = parts.last.flatMap({ CountryCode($0) }) else {
            return nil
        }
        if parts.count == 2 {
            guard let range = AddressRange(String(decoding: parts[0], as: UTF8.self)), range.isOneVersion else {
                return nil
            }
            return (range, country)
        }
        guard let first = parts[0].withUnsafeBytes({ IPAddress.parse($0) }),
            let last = parts[1].withUnsafeBytes({ IPAddress.parse($0) }), first <= last
        else { return nil }
        let range = AddressRange(first, last)
        return range.isOneVersion ? (range, country) : nil
    }
}

extension AddressRange {
    /// Whether it does not reach over a border of version 4.
    var isOneVersion: Bool {
        if first.isVersion4 != last.isVersion4 { return false }
        return first.isVersion4 || last.bits < IPAddress.firstOfVersion4 || first.bits > IPAddress.firstOfVersion4
    }
}
