internal import FlotillaCore
internal import ShopContracts

/// Draws a product that has no photograph: a glyph of its category on a ground in its own colours, as SVG.
///
/// The same product gives the same picture. Nothing of the product's text but its category decides
/// what is drawn, and none of it is put into the document.
enum ProductPicture {
    static func draw(_ product: Product) -> String {
        let seed = StableHash(product.group).value
        let variant = StableHash(product.id.text).value
        let hue = Int(seed % 360)
        let tilt = Int(variant % 5) * 3 - 6
        let light = 78 + Int(variant >> 8 % 10)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" role="img">\
            <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">\
            <stop offset="0" stop-color="hsl(\(hue) 45% \(light)%)"/>\
            <stop offset="1" stop-color="hsl(\((hue + 40) % 360) 40% \(light - 18)%)"/></linearGradient></defs>\
            <rect width="320" height="320" fill="url(#g)"/>\
            <circle cx="\(90 + Int(variant % 140))" cy="70" r="110" fill="#fff" opacity=".16"/>\
            <ellipse cx="160" cy="258" rx="92" ry="12" fill="hsl(\(hue) 40% 20%)" opacity=".18"/>\
            <g transform="rotate(\(tilt) 160 160)" fill="none" stroke="hsl(\(hue) 45% 22%)" stroke-width="9" \
            stroke-linecap="round" stroke-linejoin="round"><path d="\(glyph(product.category))"/></g></svg>
            """
    }

    private static func glyph(_ category: String) -> String {
        switch category {
        case "lighting": "M110 150 L135 80 H185 L210 150 Z M160 150 V236 M120 240 H200"
        case "kitchen": "M92 140 H208 V200 Q208 236 172 236 H128 Q92 236 92 200 Z M208 156 H262 M120 112 Q132 96 120 80"
        case "tableware": "M90 120 H200 V190 Q200 236 145 236 Q90 236 90 190 Z M200 140 Q246 140 246 168 T200 196"
        case "textiles": "M84 110 H236 V236 H84 Z M84 142 H236 M84 174 H236 M84 206 H236 M122 110 V236 M198 110 V236"
        case "stationery": "M100 76 H220 V240 H100 Z M124 76 V240 M146 112 H198 M146 140 H198"
        case "bags": "M88 130 H232 L244 240 H76 Z M124 130 Q124 82 160 82 T196 130"
        case "audio": "M112 70 H208 V244 H112 Z M160 184 m-32 0 a32 32 0 1 0 64 0 a32 32 0 1 0 -64 0 M160 108 v.1"
        case "outdoor": "M160 84 L256 236 H64 Z M160 84 L160 236 M160 150 L196 236"
        case "garden":
            "M104 170 H216 L200 240 H120 Z M160 170 V104 Q160 76 196 76 Q196 112 160 118 M160 140 Q128 140 124 108"
        case "games": "M92 92 H228 V228 H92 Z M128 128 v.1 M192 128 v.1 M160 160 v.1 M128 192 v.1 M192 192 v.1"
        default: "M84 120 L160 84 L236 120 V204 L160 240 L84 204 Z M84 120 L160 156 L236 120 M160 156 V240"
        }
    }
}
