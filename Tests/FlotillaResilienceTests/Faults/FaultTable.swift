internal import Testing

/// What comes of four calls to a ``BadDependency`` under each ``FaultSetting``: three calls (one after another, or a
/// crowd at once), 5 s of peace, then one more. All on virtual time, so every number is exact.
///
/// - answers: of the four calls, each with the milliseconds it took; `~` an answer of the fallback, in place of that.
/// - attempts: how many the dependency saw / how many of them noticed that nobody waits any more.
/// - breaker: its state after the last call.
/// - saved: whole retries left in the budget after it.
/// - events: of the guard, each with how often. An attempt failed and was the last: `final` (not to be repeated),
///   `used` (all attempts), `broke` (the budget), `deadline`. An attempt was made beside another: `hedge`. An attempt
///   was refused: `shut` by the breaker, `over` by the limit, `full` by the bulkhead. `fell`: the fallback answered.
enum FaultTable {
    struct Row: Sendable, CustomTestStringConvertible {
        let setting: FaultSetting
        let dependency: BadDependency.Kind
        let columns: [String]

        var testDescription: String { "\(dependency) under \(setting)" }
    }

    static let rows: [Row] = {
        var rows: [Row] = []
        var setting: FaultSetting?
        for line in table.split(separator: "\n") {
            if line.hasPrefix("# ") {
                setting = FaultSetting(rawValue: String(line.dropFirst(2)))
                continue
            }
            let columns = line.split(separator: "|", omittingEmptySubsequences: false).map { column in
                column.split(separator: " ").joined(separator: " ")
            }
            guard let setting, let kind = BadDependency.Kind(rawValue: columns[0]) else { continue }
            rows.append(Row(setting: setting, dependency: kind, columns: columns))
        }
        return rows
    }()
}

// dependency | answers | attempts | breaker | saved | events
private let table = """
# timeout
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | -   |
refuses  | refused@0 refused@0 refused@0; refused@0                 | 4/0   | -      | -   | final×4
resets   | reset@10 reset@10 reset@10; reset@10                     | 4/0   | -      | -   | final×4
hangs    | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | -      | -   | final×4
burst    | 503@20 503@20 ok@20; ok@20                               | 4/0   | -      | -   | final×2
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | -      | -   | final×4
busy     | 503@20 503@20 503@20; 503@20                             | 4/0   | -      | -   | final×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | -      | -   |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | -      | -   |
late     | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | -      | -   | final×4
deaf     | timeout@2000 timeout@2000 timeout@2000; timeout@2000     | 4/0   | -      | -   | final×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | -   | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | -      | -   | final×4
heals    | timeout@1000 timeout@1000 timeout@1000; ok@20            | 4/3   | -      | -   | final×3
# retry
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | 100 |
refuses  | refused@300 refused@300 refused@300; refused@300         | 12/0  | -      | 100 | retry×8 used×4
resets   | reset@330 reset@330 reset@330; reset@330                 | 12/0  | -      | 100 | retry×8 used×4
hangs    | timeout@3300 timeout@3300 timeout@3300; timeout@3300     | 12/12 | -      | 100 | retry×8 used×4
burst    | ok@360 ok@20 ok@20; ok@20                                | 6/0   | -      | 100 | retry×2
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | -      | 100 | final×4
busy     | 503@4060 503@4060 503@4060; 503@4060                     | 12/0  | -      | 100 | retry×8 used×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | -      | 100 |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | -      | 100 |
late     | timeout@3300 timeout@3300 timeout@3300; timeout@3300     | 12/12 | -      | 100 | retry×8 used×4
deaf     | timeout@6300 timeout@6300 timeout@6300; timeout@6300     | 12/0  | -      | 100 | retry×8 used×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | 100 | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | -      | 100 | final×4
heals    | timeout@3300 ok@20 ok@20; ok@20                          | 6/3   | -      | 100 | retry×2 used
# budget
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | 1   |
refuses  | refused@100 refused@0 refused@0; refused@0               | 5/0   | -      | 0   | retry broke×4
resets   | reset@120 reset@10 reset@10; reset@10                    | 5/0   | -      | 0   | retry broke×4
hangs    | timeout@2100 timeout@1000 timeout@1000; timeout@1000     | 5/5   | -      | 0   | retry broke×4
burst    | 503@140 ok@20 ok@20; ok@20                               | 5/0   | -      | 0   | retry broke
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | -      | 1   | final×4
busy     | 503@2040 503@20 503@20; 503@20                           | 5/0   | -      | 0   | retry broke×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | -      | 1   |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | -      | 1   |
late     | timeout@2100 timeout@1000 timeout@1000; timeout@1000     | 5/5   | -      | 0   | retry broke×4
deaf     | timeout@4100 timeout@2000 timeout@2000; timeout@2000     | 5/0   | -      | 0   | retry broke×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | 1   | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | -      | 1   | final×4
heals    | timeout@2100 timeout@1000 ok@20; ok@20                   | 5/3   | -      | 0   | retry broke×2
# consecutive
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | closed | -   |
refuses | refused@0 refused@0 open@0; refused@0 | 3/0 | open | - | final×3 →open×2 shut →half
resets | reset@10 reset@10 open@0; reset@10 | 3/0 | open | - | final×3 →open×2 shut →half
hangs | timeout@1000 timeout@1000 open@0; timeout@1000 | 3/3 | open | - | final×3 →open×2 shut →half
burst | 503@20 503@20 open@0; ok@20 | 3/0 | closed | - | final×2 →open shut →half →closed
broken | 500@20 500@20 open@0; 500@20 | 3/0 | open | - | final×3 →open×2 shut →half
busy | 503@20 503@20 open@0; 503@20 | 3/0 | open | - | final×3 →open×2 shut →half
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | closed | -   |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | closed | -   |
late | timeout@1000 timeout@1000 open@0; timeout@1000 | 3/3 | open | - | final×3 →open×2 shut →half
deaf | timeout@2000 timeout@2000 open@0; timeout@2000 | 3/0 | open | - | final×3 →open×2 shut →half
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | closed | -   | final×4
garbled | garbled@20 garbled@20 open@0; garbled@20 | 3/0 | open | - | final×3 →open×2 shut →half
heals | timeout@1000 timeout@1000 open@0; ok@20 | 3/2 | closed | - | final×2 →open shut →half →closed
# rate
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | closed | -   |
refuses  | refused@0 refused@0 refused@0; refused@0                 | 4/0   | open   | -   | final×4 →open×2 →half
resets   | reset@10 reset@10 reset@10; reset@10                     | 4/0   | open   | -   | final×4 →open×2 →half
hangs    | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | open   | -   | final×4 →open×2 →half
burst | 503@20 503@20 ok@20; ok@20 | 4/0 | closed | - | final×2 →open →half →closed
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | open   | -   | final×4 →open×2 →half
busy     | 503@20 503@20 503@20; 503@20                             | 4/0   | open   | -   | final×4 →open×2 →half
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | closed | -   |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | closed | -   |
late     | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | open   | -   | final×4 →open×2 →half
deaf     | timeout@2000 timeout@2000 timeout@2000; timeout@2000     | 4/0   | open   | -   | final×4 →open×2 →half
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | closed | -   | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | open   | -   | final×4 →open×2 →half
heals | timeout@1000 timeout@1000 timeout@1000; ok@20 | 4/3 | closed | - | final×3 →open →half →closed
# slowRate
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | closed | -   |
refuses | refused@0 refused@0 open@0; refused@0 | 3/0 | open | - | final×3 →open×2 shut →half
resets | reset@10 reset@10 open@0; reset@10 | 3/0 | open | - | final×3 →open×2 shut →half
hangs | timeout@1000 timeout@1000 open@0; timeout@1000 | 3/3 | open | - | final×3 →open×2 shut →half
burst | 503@20 503@20 open@0; ok@20 | 3/0 | closed | - | final×2 →open shut →half →closed
broken | 500@20 500@20 open@0; 500@20 | 3/0 | open | - | final×3 →open×2 shut →half
busy | 503@20 503@20 open@0; 503@20 | 3/0 | open | - | final×3 →open×2 shut →half
slow     | ok@200 ok@200 open@0; ok@200                             | 3/0   | open   | -   | →open×2 shut →half
uneven   | ok@400 ok@20 open@0; ok@400                              | 3/0   | open   | -   | →open×2 shut →half
late | timeout@1000 timeout@1000 open@0; timeout@1000 | 3/3 | open | - | final×3 →open×2 shut →half
deaf | timeout@2000 timeout@2000 open@0; timeout@2000 | 3/0 | open | - | final×3 →open×2 shut →half
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | closed | -   | final×4
garbled | garbled@20 garbled@20 open@0; garbled@20 | 3/0 | open | - | final×3 →open×2 shut →half
heals | timeout@1000 timeout@1000 open@0; ok@20 | 3/2 | closed | - | final×2 →open shut →half →closed
# bulkhead
healthy  | ok@20 ok@40 full@0; ok@20                                | 3/0   | -      | -   | full
refuses  | refused@0 refused@0 full@0; refused@0                    | 3/0   | -      | -   | full final×3
resets   | reset@10 reset@20 full@0; reset@10                       | 3/0   | -      | -   | full final×3
hangs    | timeout@1000 full@300 full@0; timeout@1000               | 2/2   | -      | -   | full×2 final×2
burst    | 503@20 503@40 full@0; ok@20                              | 3/0   | -      | -   | full final×2
broken   | 500@20 500@40 full@0; 500@20                             | 3/0   | -      | -   | full final×3
busy     | 503@20 503@40 full@0; 503@20                             | 3/0   | -      | -   | full final×3
slow     | ok@200 ok@400 full@0; ok@200                             | 3/0   | -      | -   | full
uneven   | ok@400 full@300 full@0; ok@20                            | 2/0   | -      | -   | full×2
late     | timeout@1000 full@300 full@0; timeout@1000               | 2/2   | -      | -   | full×2 final×2
deaf     | timeout@2000 full@300 full@0; timeout@2000               | 2/0   | -      | -   | full×2 final×2
conflict | 409@20 409@40 full@0; 409@20                             | 3/0   | -      | -   | full final×3
garbled  | garbled@20 garbled@40 full@0; garbled@20                 | 3/0   | -      | -   | full final×3
heals    | timeout@1000 full@300 full@0; ok@20                      | 2/1   | -      | -   | full×2 final
# limit
healthy  | ok@20 ok@20 over@0; ok@20                                | 3/0   | -      | -   | over
refuses  | refused@0 refused@0 over@0; refused@0                    | 3/0   | -      | -   | final×3 over
resets   | reset@10 reset@10 over@0; reset@10                       | 3/0   | -      | -   | final×3 over
hangs    | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | -      | -   | final×4
burst    | 503@20 503@20 over@0; ok@20                              | 3/0   | -      | -   | final×2 over
broken   | 500@20 500@20 over@0; 500@20                             | 3/0   | -      | -   | final×3 over
busy     | 503@20 503@20 over@0; 503@20                             | 3/0   | -      | -   | final×3 over
slow     | ok@200 ok@200 over@0; ok@200                             | 3/0   | -      | -   | over
uneven   | ok@400 ok@20 over@0; ok@400                              | 3/0   | -      | -   | over
late     | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | -      | -   | final×4
deaf     | timeout@2000 timeout@2000 timeout@2000; timeout@2000     | 4/0   | -      | -   | final×4
conflict | 409@20 409@20 over@0; 409@20                             | 3/0   | -      | -   | final×3 over
garbled  | garbled@20 garbled@20 over@0; garbled@20                 | 3/0   | -      | -   | final×3 over
heals    | timeout@1000 timeout@1000 timeout@1000; ok@20            | 4/3   | -      | -   | final×3
# hedge
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | 100 |
refuses  | refused@0 refused@0 refused@0; refused@0                 | 4/0   | -      | 100 | used×4
resets   | reset@10 reset@10 reset@10; reset@10                     | 4/0   | -      | 100 | used×4
hangs    | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 8/8   | -      | 100 | hedge×4 used×4
burst    | 503@20 503@20 ok@20; ok@20                               | 4/0   | -      | 100 | used×2
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | -      | 100 | final×4
busy     | 503@20 503@20 503@20; 503@20                             | 4/0   | -      | 100 | used×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 8/4   | -      | 100 | hedge×4
uneven   | ok@120 ok@120 ok@120; ok@120                             | 8/4   | -      | 100 | hedge×4
late     | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 8/8   | -      | 100 | hedge×4 used×4
deaf     | timeout@2100 timeout@2100 timeout@2100; timeout@2100     | 8/0   | -      | 100 | hedge×4 used×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | 100 | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | -      | 100 | final×4
heals    | timeout@1000 timeout@1000 timeout@1000; ok@20            | 7/6   | -      | 100 | hedge×3 used×3
# hedgeBudget
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | 1   |
refuses  | refused@0 refused@0 refused@0; refused@0                 | 4/0   | -      | 1   | used×4
resets   | reset@10 reset@10 reset@10; reset@10                     | 4/0   | -      | 1   | used×4
hangs    | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 5/5   | -      | 0   | hedge used×4
burst    | 503@20 503@20 ok@20; ok@20                               | 4/0   | -      | 1   | used×2
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | -      | 1   | final×4
busy     | 503@20 503@20 503@20; 503@20                             | 4/0   | -      | 1   | used×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 5/1   | -      | 0   | hedge
uneven   | ok@120 ok@400 ok@20; ok@400                              | 5/1   | -      | 0   | hedge
late     | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 5/5   | -      | 0   | hedge used×4
deaf     | timeout@2100 timeout@2000 timeout@2000; timeout@2000     | 5/0   | -      | 0   | hedge used×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | 1   | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | -      | 1   | final×4
heals    | timeout@1000 timeout@1000 timeout@1000; ok@20            | 5/4   | -      | 0   | hedge used×3
# scarce
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | 100 |
refuses  | refused@300 refused@300 refused@300; refused@300         | 12/0  | -      | 100 | retry×8 used×4
resets   | reset@330 reset@330 reset@330; reset@330                 | 12/0  | -      | 100 | retry×8 used×4
hangs    | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | -      | 100 | deadline×4
burst    | ok@360 ok@20 ok@20; ok@20                                | 6/0   | -      | 100 | retry×2
broken   | 500@20 500@20 500@20; 500@20                             | 4/0   | -      | 100 | final×4
busy     | 503@20 503@20 503@20; 503@20                             | 4/0   | -      | 100 | deadline×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | -      | 100 |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | -      | 100 |
late     | timeout@1000 timeout@1000 timeout@1000; timeout@1000     | 4/4   | -      | 100 | deadline×4
deaf     | timeout@2000 timeout@2000 timeout@2000; timeout@2000     | 4/0   | -      | 100 | deadline×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | 100 | final×4
garbled  | garbled@20 garbled@20 garbled@20; garbled@20             | 4/0   | -      | 100 | final×4
heals    | timeout@1000 timeout@1000 timeout@1000; ok@20            | 4/3   | -      | 100 | deadline×3
# fallback
healthy  | ok@20 ok@20 ok@20; ok@20                                 | 4/0   | -      | -   |
refuses  | ~refused@0 ~refused@0 ~refused@0; ~refused@0             | 4/0   | -      | -   | final×4 fell×4
resets   | ~reset@10 ~reset@10 ~reset@10; ~reset@10                 | 4/0   | -      | -   | final×4 fell×4
hangs    | ~timeout@1000 ~timeout@1000 ~timeout@1000; ~timeout@1000 | 4/4   | -      | -   | final×4 fell×4
burst    | ~503@20 ~503@20 ok@20; ok@20                             | 4/0   | -      | -   | final×2 fell×2
broken   | ~500@20 ~500@20 ~500@20; ~500@20                         | 4/0   | -      | -   | final×4 fell×4
busy     | ~503@20 ~503@20 ~503@20; ~503@20                         | 4/0   | -      | -   | final×4 fell×4
slow     | ok@200 ok@200 ok@200; ok@200                             | 4/0   | -      | -   |
uneven   | ok@400 ok@20 ok@400; ok@20                               | 4/0   | -      | -   |
late     | ~timeout@1000 ~timeout@1000 ~timeout@1000; ~timeout@1000 | 4/4   | -      | -   | final×4 fell×4
deaf     | ~timeout@2000 ~timeout@2000 ~timeout@2000; ~timeout@2000 | 4/0   | -      | -   | final×4 fell×4
conflict | 409@20 409@20 409@20; 409@20                             | 4/0   | -      | -   | final×4
garbled  | ~garbled@20 ~garbled@20 ~garbled@20; ~garbled@20         | 4/0   | -      | -   | final×4 fell×4
heals    | ~timeout@1000 ~timeout@1000 ~timeout@1000; ok@20         | 4/3   | -      | -   | final×3 fell×3
# all
healthy  | ok@20 ok@20 ok@40; ok@20                                 | 4/0   | closed | 1   |
refuses | ~refused@100 ~refused@0 ~refused@0; ~refused@0 | 4/0 | open | 0 | retry broke×3 fell×4 →open×2 shut →half
resets | ~reset@110 ~reset@10 ~reset@20; ~reset@10 | 4/0 | open | 0 | retry broke×3 fell×4 →open×2 shut →half
hangs | ~timeout@2100 ~timeout@1000 ~full@300; ~timeout@1000 | 4/4 | open | 0 | full fell×4 retry broke×3 →open×2 →half
burst    | ok@140 ~503@20 ok@40; ok@20                              | 5/0   | closed | 0   | retry broke fell
broken | ~500@20 ~500@20 ~500@40; ~500@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
busy | ~503@2020 ~503@20 ~503@40; ~503@20 | 4/0 | open | 0 | retry broke×3 fell×4 →open×2 shut →half
slow     | ok@200 ok@200 ok@400; ok@200                             | 4/0   | closed | 1   |
uneven   | ok@400 ok@20 ok@420; ok@20                               | 4/0   | closed | 1   |
late | ~timeout@2100 ~timeout@1000 ~full@300; ~timeout@1000 | 4/4 | open | 0 | full fell×4 retry broke×3 →open×2 →half
deaf | ~timeout@4100 ~timeout@2000 ~full@300; ~timeout@2000 | 4/0 | open | 0 | full fell×4 retry broke×3 →open×2 →half
conflict | 409@20 409@20 409@40; 409@20                             | 4/0   | closed | 1   | final×4
garbled | ~garbled@20 ~garbled@20 ~garbled@40; ~garbled@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
heals | ~timeout@2100 ~timeout@1000 ~full@300; ok@20 | 4/3 | closed | 0 | full fell×3 retry broke×2 →open →half →closed
# once
healthy  | ok@20 ok@20 ok@40; ok@20                                 | 4/0   | closed | 1   |
refuses | ~refused@0 ~refused@0 ~refused@0; ~refused@0 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
resets | ~reset@10 ~reset@10 ~reset@20; ~reset@10 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
hangs    | ~timeout@1000 ~timeout@1000 ~full@300; ~timeout@1000     | 3/3   | open   | 1   | full fell×4 final×3 →open
burst    | ~503@20 ~503@20 ok@40; ok@20                             | 4/0   | closed | 1   | final×2 fell×2
broken | ~500@20 ~500@20 ~500@40; ~500@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
busy | ~503@20 ~503@20 ~503@40; ~503@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
slow     | ok@200 ok@200 ok@400; ok@200                             | 4/0   | closed | 1   |
uneven   | ok@400 ok@20 ok@420; ok@20                               | 4/0   | closed | 1   |
late     | ~timeout@1000 ~timeout@1000 ~full@300; ~timeout@1000     | 3/3   | open   | 1   | full fell×4 final×3 →open
deaf     | ~timeout@2000 ~timeout@2000 ~full@300; ~timeout@2000     | 3/0   | open   | 1   | full fell×4 final×3 →open
conflict | 409@20 409@20 409@40; 409@20                             | 4/0   | closed | 1   | final×4
garbled | ~garbled@20 ~garbled@20 ~garbled@40; ~garbled@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
heals    | ~timeout@1000 ~timeout@1000 ~full@300; ok@20             | 3/2   | closed | 1   | full fell×3 final×2
# hurried
healthy  | ok@20 ok@20 ok@40; ok@20                                 | 4/0   | closed | 1   |
refuses | ~refused@100 ~refused@0 ~refused@0; ~refused@0 | 4/0 | open | 0 | retry broke×3 fell×4 →open×2 shut →half
resets | ~reset@110 ~reset@10 ~reset@20; ~reset@10 | 4/0 | open | 0 | retry broke×3 fell×4 →open×2 shut →half
hangs | ~timeout@700 ~timeout@700 ~full@300; ~timeout@700 | 3/3 | open | 1 | full fell×4 deadline×3 →open
burst    | ok@140 ~503@20 ok@40; ok@20                              | 5/0   | closed | 0   | retry broke fell
broken | ~500@20 ~500@20 ~500@40; ~500@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
busy | ~503@20 ~503@20 ~503@40; ~503@20 | 4/0 | open | 1 | deadline×4 fell×4 →open×2 →half
slow     | ok@200 ok@200 ok@400; ok@200                             | 4/0   | closed | 1   |
uneven   | ok@400 ok@20 ok@420; ok@20                               | 4/0   | closed | 1   |
late | ~timeout@700 ~timeout@700 ~full@300; ~timeout@700 | 3/3 | open | 1 | full fell×4 deadline×3 →open
deaf | ~timeout@2000 ~timeout@2000 ~full@300; ~timeout@2000 | 3/0 | open | 1 | full fell×4 deadline×3 →open
conflict | 409@20 409@20 409@40; 409@20                             | 4/0   | closed | 1   | final×4
garbled | ~garbled@20 ~garbled@20 ~garbled@40; ~garbled@20 | 4/0 | open | 1 | final×4 fell×4 →open×2 →half
heals    | ~timeout@700 ~timeout@700 ~full@300; ok@20               | 3/2   | closed | 1   | full fell×3 deadline×2
"""
