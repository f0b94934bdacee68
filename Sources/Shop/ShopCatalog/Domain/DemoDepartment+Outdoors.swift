extension DemoDepartment {
    static let bags = DemoDepartment(
        category: "bags", attribute: "material",
        variants: [
            Variant("Canvas", 100, "Dense cotton canvas that softens with use."),
            Variant("Waxed Cotton", 120, "Waxed cotton that shrugs off the rain."),
            Variant("Leather", 165, "Vegetable-tanned leather, made to be repaired."),
        ],
        goods: [
            Goods("Wharf Day Pack", 8_900, "Eighteen litres, and a back that breathes."),
            Goods("Ferryman Messenger Bag", 10_900, "Opens with one hand, even on a bicycle."),
            Goods("Transit Weekender", 14_900, "Three days' clothes, and it still fits under the seat."),
            Goods("Slip Pouch", 2_400, "For cables, pens, and what would be lost without it."),
            Goods("Ledger Laptop Sleeve", 4_900, "A hand's breadth of felt between your work and the world."),
            Goods("Market Tote", 3_900, "Carries a week's vegetables on one shoulder."),
            Goods("Anchor Belt Bag", 4_400, "Keys, phone, passport, and both hands free."),
            Goods("Voyage Wash Bag", 3_400, "Hangs up, opens wide, wipes clean."),
        ])

    static let audio = DemoDepartment(
        category: "audio", attribute: "finish",
        variants: [
            Variant("Graphite", 100, "Finished in dark graphite."),
            Variant("Pearl", 100, "Finished in matte pearl."),
            Variant("Walnut", 120, "With a case of real walnut."),
        ],
        goods: [
            Goods("Sonar Wireless Speaker", 12_900, "Fills a kitchen, and survives being rained on."),
            Goods("Murmur Earbuds", 8_900, "Eight hours of music, thirty with the case."),
            Goods("Chorus Headphones", 17_900, "Closed, comfortable, and quiet where it is loud."),
            Goods("Cadence Turntable", 24_900, "Belt-driven, with a preamplifier built in."),
            Goods("Foghorn Soundbar", 21_900, "Voices you understand without turning it up."),
            Goods("Dial Radio", 9_900, "Two knobs, every station, no app."),
            Goods("Tempo Metronome", 3_900, "Ticks like the old ones and never needs winding."),
            Goods("Groove Record Brush", 1_900, "A thousand fibres and no static."),
        ])

    static let outdoor = DemoDepartment(
        category: "outdoor", attribute: "colour",
        variants: [
            Variant("Moss", 100, "In moss green."),
            Variant("Slate", 100, "In slate blue."),
            Variant("Rust", 105, "In rust red, easy to find again."),
        ],
        goods: [
            Goods("Ridge Tent", 27_900, "Up in four minutes, for two people and their boots."),
            Goods("Cairn Sleeping Bag", 15_900, "Warm to minus five, and packs to the size of a loaf."),
            Goods("Trailhead Water Bottle", 2_800, "Cold for a day, hot for half a night."),
            Goods("Summit Head Torch", 4_900, "Three hundred lumens, and a red light for the tent."),
            Goods("Campfire Enamel Mug", 1_400, "Takes the fire, the fall and the dishwasher."),
            Goods("Outpost Folding Chair", 7_900, "A kilo to carry, an evening to sit in."),
            Goods("Squall Rain Jacket", 13_900, "Three layers, taped seams, a hood that turns with you."),
            Goods("Traverse Trekking Poles", 8_400, "Fold in three, lock in one click."),
        ])

    static let garden = DemoDepartment(
        category: "garden", attribute: "material",
        variants: [
            Variant("Terracotta", 100, "Frost-proof terracotta."),
            Variant("Zinc", 110, "Zinc that goes grey and stays."),
            Variant("Cedar", 125, "Untreated cedar that smells of summer."),
        ],
        goods: [
            Goods("Sprout Planter", 3_900, "Drains well and holds a small tree."),
            Goods("Rain Watering Can", 4_400, "Nine litres, balanced when full, gentle when pouring."),
            Goods("Thicket Secateurs", 3_700, "Cuts finger-thick branches with three fingers."),
            Goods("Furrow Hand Trowel", 2_200, "One forged piece with a handle for wet hands."),
            Goods("Vine Trellis", 5_200, "Gives peas and clematis something to hold on to."),
            Goods("Wren Nest Box", 3_600, "The right hole at the right height, easy to clean."),
            Goods("Orchard Harvest Basket", 4_100, "A bushel of apples and no bruises."),
            Goods("Meadow Seed Tin", 1_700, "Thirty kinds of flowers for bees, and a tin to keep."),
        ])

    static let games = DemoDepartment(
        category: "games", attribute: "edition",
        variants: [
            Variant("Classic", 100, "The edition for the living room."),
            Variant("Travel", 85, "The small edition, with magnets."),
            Variant("Deluxe", 160, "The edition to give away, in a wooden box."),
        ],
        goods: [
            Goods("Regatta Board Game", 4_400, "An hour of wind and tactics for two to five."),
            Goods("Lighthouse Puzzle", 2_600, "A thousand pieces, half of them sky."),
            Goods("Skipper Cribbage Board", 3_400, "Fifteen two, fifteen four, and a peg for luck."),
            Goods("Castaway Card Game", 1_700, "Ten minutes, three rules, endless revenge."),
            Goods("Fathom Chess Set", 7_900, "Weighted pieces on a board that folds."),
            Goods("Breeze Kite", 3_900, "Flies when nothing else moves."),
            Goods("Marina Building Blocks", 5_400, "Eighty blocks, four boats, one harbour."),
            Goods("Plunder Dice Game", 1_900, "Press your luck once more than you should."),
        ])
}
