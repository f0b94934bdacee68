internal import Testing

@testable internal import ShopCatalog

@Suite("Guessing a misspelt word")
struct SpellingGuessTests {
    private let guess = SpellingGuess(words: [
        .init(text: "lantern", productCount: 3), .init(text: "lamp", productCount: 6),
        .init(text: "lamb", productCount: 1), .init(text: "damp", productCount: 6),
        .init(text: "kettle", productCount: 3),
    ])

    @Test("a letter too many, too few, wrong or swapped is forgiven", arguments: [
        ("lanntern", "lantern"), ("lntern", "lantern"), ("lantarn", "lantern"), ("lanetrn", "lantern"),
        ("ketle", "kettle"), ("kettel", "kettle"),
    ])
    func near(written: String, meant: String) { #expect(guess.nearest(to: written) == meant) }

    @Test("short words and words far away are left alone", arguments: ["lam", "boat", "lighthouse", ""])
    func far(written: String) { #expect(guess.nearest(to: written) == nil) }

    @Test("of equally near words the one of more products is meant, then the first by alphabet")
    func ties() {
        #expect(guess.nearest(to: "lamx") == "lamp")
        #expect(guess.nearest(to: "xamp") == "damp")
    }

    @Test("the distance counts insertions, deletions, replacements and swaps")
    func distance() {
        func distance(_ left: String, _ right: String) -> Int {
            SpellingGuess.distance(Array(left.unicodeScalars), Array(right.unicodeScalars))
        }
        #expect(distance("", "abc") == 3)
        #expect(distance("abc", "abc") == 0)
        #expect(distance("abcd", "abdc") == 1)
        #expect(distance("kitten", "sitting") == 3)
    }
}
