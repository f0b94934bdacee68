/// The carrier of the demo: it serves a fixed list of countries, and takes and delivers after set times.
///
/// It is told the address when it is booked and nothing of it is kept here.
struct DemoCarrier: Sendable {
    static let name = "Flotilla Post"

    /// Countries and territories (ISO 3166-1 alpha-2) it delivers to: those with a regular parcel service.
    static let countries: Set<String> = Set(
        """
        AD AE AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ \
        CA CC CD CF CG CH CI CK CL CM CN CO CR CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR \
        GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP \
        KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR \
        MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA \
        RE RO RS RW SA SB SC SE SG SH SI SK SL SM SN SR ST SV SX SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ \
        UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YT ZA ZM ZW
        """.split(separator: " ").map(String.init))

    /// Whether it delivers there.
    static func serves(country: String) -> Bool { countries.contains(country) }

    /// What it knows a parcel by: `FP` and 14 characters of an ID of this system.
    static func trackingCode(from id: String) -> String { "FP" + id.suffix(14) }
}
