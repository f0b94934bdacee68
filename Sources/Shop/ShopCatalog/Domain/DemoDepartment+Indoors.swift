extension DemoDepartment {
    static let lighting = DemoDepartment(
        category: "lighting", attribute: "material",
        variants: [
            Variant("Brass", 100, "Brushed brass that darkens with the years."),
            Variant("Oak", 110, "Oiled oak, turned from one piece."),
            Variant("Smoked Glass", 125, "Mouth-blown smoked glass, each a little different."),
        ],
        goods: [
            Goods("Harbour Reading Lamp", 8_900, "Throws its light on the page and leaves the room alone."),
            Goods("Lumen Pendant", 12_900, "Hangs low over a table and makes supper last longer."),
            Goods("Beacon Floor Lamp", 15_900, "Stands in a corner and lights all of the room."),
            Goods("Ember Table Lantern", 5_400, "Carries a candle across a windy terrace."),
            Goods("Drift Wall Sconce", 7_900, "Washes a wall with light, upwards and down."),
            Goods("Halo Bedside Lamp", 6_400, "Dims to almost nothing with one turn."),
            Goods("Firefly String Lights", 3_200, "Twelve metres of warm points for a balcony."),
            Goods("Orbit Ceiling Light", 11_900, "Spreads an even light without a single shadow on the desk."),
        ])

    static let kitchen = DemoDepartment(
        category: "kitchen", attribute: "finish",
        variants: [
            Variant("Steel", 100, "Brushed steel, safe in the dishwasher."),
            Variant("Copper", 135, "Copper outside, steel inside, quick to heat."),
            Variant("Matte Black", 115, "A matte black coat that shows no fingerprints."),
        ],
        goods: [
            Goods("Hearth Saucepan", 4_900, "A heavy base, so that milk does not catch."),
            Goods("Tide Kettle", 5_900, "Boils a litre in three minutes and pours without a drip."),
            Goods("Grain Bread Knife", 3_900, "Cuts a crust without tearing the crumb."),
            Goods("Basil Mortar", 3_400, "Rough inside, heavy outside: pesto in five minutes."),
            Goods("Foundry Skillet", 6_900, "Sears like iron at half the weight."),
            Goods("Morning Moka Pot", 4_400, "Three small cups, as strong as you like them."),
            Goods("Larder Storage Jar", 1_900, "Closes tight enough to keep biscuits crisp for weeks."),
            Goods("Pinch Pepper Mill", 3_600, "Six grinds, from dust to quarters."),
        ])

    static let tableware = DemoDepartment(
        category: "tableware", attribute: "glaze",
        variants: [
            Variant("White", 100, "A clear white glaze that suits everything."),
            Variant("Sand", 105, "A speckled sand glaze, no two alike."),
            Variant("Indigo", 115, "Dipped by hand in deep indigo."),
        ],
        goods: [
            Goods("Dune Dinner Plate", 1_800, "Wide enough for a feast, with a rim that keeps the sauce in."),
            Goods("Reed Pasta Bowl", 1_900, "Shallow and warm, for everything that comes with a spoon."),
            Goods("Pebble Mug", 1_500, "Sits in two hands and holds three deciliters."),
            Goods("Shoal Serving Platter", 4_200, "Carries a whole fish to the table."),
            Goods("Rill Carafe", 3_300, "A litre of water, and a spout that knows when to stop."),
            Goods("Quill Salad Bowl", 3_900, "Deep enough to toss in, handsome enough to serve from."),
            Goods("Ferry Butter Dish", 2_600, "Keeps butter soft and the cat away."),
            Goods("Knot Egg Cup", 900, "Holds an egg of any size upright."),
        ])

    static let textiles = DemoDepartment(
        category: "textiles", attribute: "colour",
        variants: [
            Variant("Linen", 100, "In the natural colour of washed linen."),
            Variant("Charcoal", 100, "In a dark grey that forgives."),
            Variant("Ochre", 105, "In a warm ochre, dyed with plants."),
        ],
        goods: [
            Goods("Lull Throw", 6_900, "Light, warm, and long enough for two."),
            Goods("Haven Cushion", 3_400, "Feather inside, and a cover that comes off to be washed."),
            Goods("Drowse Duvet Cover", 9_900, "Gets softer with every wash."),
            Goods("Willow Curtain Pair", 8_900, "Lets the morning in and the neighbours out."),
            Goods("Loom Rug", 18_900, "Flat-woven wool that lies still on the floor."),
            Goods("Dew Bath Towel", 2_900, "Waffle weave: dries you, then itself."),
            Goods("Miller Apron", 3_300, "Cross-backed, with a pocket for the towel."),
            Goods("Nook Table Runner", 2_700, "Dresses a table without covering it."),
        ])

    static let stationery = DemoDepartment(
        category: "stationery", attribute: "colour",
        variants: [
            Variant("Grey", 100, "In quiet grey."),
            Variant("Forest", 100, "In a deep forest green."),
            Variant("Terracotta", 100, "In warm terracotta."),
        ],
        goods: [
            Goods("Logbook Notebook", 1_600, "Lies flat; 192 pages that no ink bleeds through."),
            Goods("Compass Planner", 2_400, "A week on the left, room to think on the right."),
            Goods("Inkwell Fountain Pen", 5_900, "A steel nib that starts at the first touch."),
            Goods("Margin Pencil Set", 1_400, "Twelve grades from 4H to 6B in a tin."),
            Goods("Docket Card Holder", 2_900, "Six cards and a folded note, no thicker than a coin."),
            Goods("Folio Desk Pad", 4_500, "Felt below, smooth above: the whole desk feels better."),
            Goods("Courier Envelope Set", 1_200, "Twenty envelopes worth a handwritten letter."),
            Goods("Almanac Wall Calendar", 1_800, "The year at a glance, with the phases of the moon."),
        ])
}
