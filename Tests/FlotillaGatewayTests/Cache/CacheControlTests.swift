@testable internal import FlotillaGateway
internal import FlotillaTesting
internal import Testing

@Suite("Cache-Control (RFC 9111, section 5.2)") struct CacheControlTests {
    @Test(
        "numbers",
        arguments: [
            ("max-age=60", 60), ("MAX-AGE=60", 60), ("max-age=\"60\"", 60), ("max-age = 60", 60), ("max-age=0", 0),
            ("max-age=99999999999999999999", 1 << 31), ("max-age=-1", 0), ("max-age=1.5", 0), ("max-age=", 0),
            ("max-age", 0), ("max-age=6 0", 6), ("max-age=60, max-age=30", 30), ("max-age=30,max-age=60", 30),
            ("x=\"max-age=5\", max-age=60", 60), ("x=\"a\\\", max-age=5\", max-age=60", 60), (",,max-age=60,", 60),
            ("\tmax-age=60\t", 60), ("foo bar, max-age=60", 60), ("foo=bar baz,max-age=60", 60),
        ])
    func numbers(text: String, seconds: Int) { #expect(CacheControl(text).maxAge == seconds) }

    @Test(
        "what is no max-age",
        arguments: ["", "max-agee=60", "xmax-age=60", "\"max-age=60\"", "x=\"max-age=60", "max_age=60", "no-cache"])
    func none(text: String) { #expect(CacheControl(text).maxAge == nil) }

    @Test("words, whatever is behind them")
    func words() {
        let all = CacheControl(
            """
            no-store, No-Cache="Set-Cookie, X", private=\"a\", public, no-transform, must-revalidate, \
            proxy-revalidate, must-understand, only-if-cached
            """)
        #expect(all.noStore && all.noCache && all.isPrivate && all.isPublic && all.noTransform && all.mustRevalidate)
        #expect(all.proxyRevalidate && all.mustUnderstand && all.onlyIfCached)
        #expect(CacheControl("no-store=1").noStore, "an argument that is not meant is ignored (section 5.2)")
        #expect(CacheControl("x=\"no-store\", stored, y=no-store") == .none)
    }

    @Test("of a request: max-stale without a number is any, min-fresh that is none is the strictest")
    func request() {
        #expect(CacheControl("max-stale").maxStale == 1 << 31)
        #expect(CacheControl("max-stale=5").maxStale == 5)
        #expect(CacheControl("max-stale=x").maxStale == 0)
        #expect(CacheControl("min-fresh=5, min-fresh=7").minFresh == 7)
        #expect(CacheControl("min-fresh=x").minFresh == 1 << 31)
    }

    @Test("s-maxage and the times of RFC 5861")
    func others() {
        let control = CacheControl("s-maxage=1, stale-while-revalidate=2, stale-if-error=3")
        #expect(control.sharedMaxAge == 1 && control.staleWhileRevalidate == 2 && control.staleIfError == 3)
    }

    @Test("any bytes are read to their end, and twice alike")
    func fuzz() async {
        let corpus = FuzzCorpus(
            ["max-age=60, private", "no-cache=\"a, b\", s-maxage=\"5\"", "max-stale, min-fresh=1,stale-if-error=2"]
                .map { Array($0.utf8) },
            pieces: ["\"", "\\", ",", "=", ",=", "=\"", "\u{0}", "\u{FF}", " ", "\t", "no-store", "max-age="])
        await Fuzzing.run(inputs: 3_000) { seed in
            let input = FuzzInput(seed: seed, corpus: corpus)
            let text = String(decoding: input.bytes(), as: UTF8.self)
            let control = CacheControl(text)
            if control != CacheControl(text) { return "read in two ways: \(text)" }
            for seconds in [control.maxAge, control.sharedMaxAge, control.minFresh, control.maxStale] {
                if let seconds, !(0...CacheControl.secondsMax).contains(seconds) { return "\(seconds) s of \(text)" }
            }
            // Nobody may undo what stands there by what is put behind it.
            if text.utf8.filter({ $0 == UInt8(ascii: "\"") }).count == 0, !CacheControl(text + ", no-store").noStore {
                return "no-store is lost behind \(text)"
            }
            _ = EntityTagList.contains(text, "\"a\"")
            _ = HTTPDateReader.seconds(text, now: 0)
            _ = SameOrigin.target(text, host: "a", path: "/b")
            _ = CacheKey(host: "a", path: "/", query: text, names: ["max-age"])
            return nil
        }
    }
}
