import Diagnostics
import Federation
import Scenarios
import Settings
import Testing

/// Each kind of mistake, and the whole of what is said about it.
@Suite struct ScenarioMistakeTests {
    /// A scenario that is in order, in two lines.
    static let head = "rounds: 8\nclients: 10\n"

    @Test(
        arguments: [
            ("rouns: 8\nclients: 10", #"x.yaml:1:1: unknown key "rouns""#, #"Write "rounds"."#),
            (head + "cohrt: 3", #"x.yaml:3:1: unknown key "cohrt""#, #"Write "cohort"."#),
            (head + "minimumUpdates: 3", #"x.yaml:3:1: unknown key "minimumUpdates""#, #"Write "minimum_updates"."#),
            (head + "train:\n  lr: 3", #"x.yaml:4:3: unknown key "train.lr""#, #"Write "learning_rate"."#),
            (head + "train:\n  epochs: 3", #"x.yaml:4:3: unknown key "train.epochs""#, #"Write "local_epochs"."#),
            (head + "learning_rate: 3", #"x.yaml:3:1: unknown key "learning_rate""#, #"It belongs under "train"."#),
            (
                head + "train:\n  clients: 3", #"x.yaml:4:3: unknown key "train.clients""#,
                "It belongs at the top, without indentation."
            ),
            (
                head + "seed: 5\nsede: 4", #"x.yaml:4:1: unknown key "sede""#,
                #"It looks like "seed", which is given in line 3."#
            ),
            (
                head + "strategy: {mu: 1}", #"x.yaml:3:12: "strategy.mu" goes with name: fedprox only"#,
                #"Leave it out, or write "name: fedprox"."#
            ),
            (
                head + "seed: 1\n# a comment\nseed: 2", #"x.yaml:5:1: "seed" is given twice, first in line 3"#,
                "Keep one of the two."
            ),
            (
                head + "train:\n  momentum: 0\n  batch_size: 1\n  momentum: 0",
                #"x.yaml:6:3: "momentum" is given twice, first in line 4"#, "Keep one of the two."
            ),
            (
                head + "partition: {rule: iid, rule: shards}", #"x.yaml:3:13: "rule" is given twice"#,
                "Keep one of the two."
            ),
            (
                head + "keep_models: most",
                #"x.yaml:3:14: "keep_models" is most, but has to be a whole number from 0 to 1000000, or all"#, nil
            ),
            (
                head + "keep_client_rounds: 0",
                #"x.yaml:3:21: "keep_client_rounds" is 0, but has to be a whole number from 1 to 1000000, or all"#,
                "The nearest that is allowed is 1."
            ),
            (
                head + "keep_updates: yes", #"x.yaml:3:15: "keep_updates" is yes, but has to be true or false"#,
                "Write true."
            ),
            (
                head + "keep_updates: 0", #"x.yaml:3:15: "keep_updates" is 0, but has to be true or false"#,
                "Write false."
            ),
            (
                head + "keep_updates: \"true\"", #"x.yaml:3:15: "keep_updates" is "true", but has to be true or false"#,
                "Write it without quotes."
            ),
            (
                head + "cohort: many", #"x.yaml:3:9: "cohort" is many, but has to be a whole number from 1 to 1000000"#,
                nil
            ),
            (
                head + "cohort: \"4\"", #"x.yaml:3:9: "cohort" is "4", but has to be a whole number from 1 to 1000000"#,
                "Write it without quotes."
            ),
            (
                head + "cohort: 4.0", #"x.yaml:3:9: "cohort" is 4.0, but has to be a whole number from 1 to 1000000"#,
                "Write 4."
            ),
            (
                head + "seed: 1,000",
                #"x.yaml:3:7: "seed" is 1,000, but has to be a whole number from 0 to 18446744073709551615"#,
                "Write 1000."
            ),
            (
                head + "seed: 010",
                #"x.yaml:3:7: "seed" is 010, but has to be a whole number from 0 to 18446744073709551615"#, "Write 10."
            ),
            (
                head + "cohort: 0", #"x.yaml:3:9: "cohort" is 0, but has to be a whole number from 1 to 1000000"#,
                "The nearest that is allowed is 1."
            ),
            (
                "clients: 10\nrounds: 0", #"x.yaml:2:9: "rounds" is 0, but has to be a whole number from 1 to 1000000"#,
                "The nearest that is allowed is 1."
            ),
            (
                "rounds: 8\nclients: [3]",
                #"x.yaml:2:10: "clients" is a list, but has to be a single value, or a section with keys of its own"#,
                nil
            ),
            (
                "rounds: 8\nclients:",
                #"x.yaml:2:9: "clients" has no value, but has to be a single value, or a section with keys of its own"#,
                nil
            ),
            (
                "clients: 10\nrounds:",
                #"x.yaml:2:8: "rounds" has no value, but has to be a whole number from 1 to 1000000"#,
                nil
            ),
            (
                "clients: 10\nrounds: [1, 2]",
                #"x.yaml:2:9: "rounds" is a list, but has to be a whole number from 1 to 1000000"#, nil
            ),
            (
                "clients: 10\nrounds: {a: 1}",
                #"x.yaml:2:9: "rounds" is a section, but has to be a whole number from 1 to 1000000"#, nil
            ),
            (
                "clients: 10\nrounds: !int 4",
                #"x.yaml:2:9: "rounds" has the tag !int, but has to be a whole number from 1 to 1000000"#, nil
            ),
            (
                "clients: 10\nrounds: 99999999999999999999999999",
                #"x.yaml:2:9: "rounds" is 99999999999999999999999999, but has to be a whole number from 1 to 1000000"#,
                nil
            ),
            (
                "clients: 10", #"x.yaml: "rounds" is missing; it has to be a whole number from 1 to 1000000"#,
                #"Add a line "rounds: …"."#
            ),
            (
                head + "fraction: 10%", #"x.yaml:3:11: "fraction" is 10%, but has to be a number from 0 to 1"#,
                "Write 0.1."
            ),
            (head + "fraction: 1.5", #"x.yaml:3:11: "fraction" is 1.5, but has to be a number from 0 to 1"#, nil),
            (head + "fraction: .nan", #"x.yaml:3:11: "fraction" is .nan, but has to be a number from 0 to 1"#, nil),
            (head + "fraction: nan", #"x.yaml:3:11: "fraction" is nan, but has to be a number from 0 to 1"#, nil),
            (head + "fraction: 1e400", #"x.yaml:3:11: "fraction" is 1e400, but has to be a number from 0 to 1"#, nil),
            (head + "fraction: 0x1p-1", #"x.yaml:3:11: "fraction" is 0x1p-1, but has to be a number from 0 to 1"#, nil),
            (
                head + "train:\n  learning_rate: 0,1",
                #"x.yaml:4:18: "train.learning_rate" is 0,1, but has to be a number from 1e-09 to 100"#, "Write 0.1."
            ),
            (
                head + "train:\n  learning_rate: 0",
                #"x.yaml:4:18: "train.learning_rate" is 0, but has to be a number from 1e-09 to 100"#, nil
            ),
            (
                head + "train:\n  learning_rate: -0.1",
                #"x.yaml:4:18: "train.learning_rate" is -0.1, but has to be a number from 1e-09 to 100"#, nil
            ),
            (
                head + "train:\n  momentum: 1",
                #"x.yaml:4:13: "train.momentum" is 1, but has to be a number from 0 to 1, but not 1"#, nil
            ),
            (
                head + "train:\n  batch_size: al",
                #"x.yaml:4:15: "train.batch_size" is al, but has to be a whole number from 1 to 1000000, or all"#, nil
            ),
            (
                head + "model: cnm",
                #"x.yaml:3:8: "model" is cnm, but has to be one of cnn, mcmahan-cnn, mlp-2nn, logistic, lenet, mlp-128-256"#,
                #"Write "cnn"."#
            ),
            (
                head + "model: mcmahan_cnn",
                #"x.yaml:3:8: "model" is mcmahan_cnn, but has to be one of cnn, mcmahan-cnn, mlp-2nn, logistic, lenet, mlp-128-256"#,
                #"Write "mcmahan-cnn"."#
            ),
            (head + "data: folder", #"x.yaml:3:7: "data" is folder, but has to be one of mnist, digits"#, nil),
            (
                head + "strategy: fedavgmm",
                #"x.yaml:3:11: "strategy" is fedavgmm, but has to be one of "#
                    + Strategies.all.map { $0.name }.joined(separator: ", "), #"Write "fedavgm"."#
            ),
            (
                head + "partition: shard",
                #"x.yaml:3:12: "partition" is shard, but has to be one of iid, shards, classes, dirichlet, client-dirichlet"#,
                #"Write "shards"."#
            ),
            (
                head + "partition: [iid]",
                #"x.yaml:3:12: "partition" is a list, but has to be a single value, or a section with keys of its own"#,
                nil
            ),
            (head + "train: fast", #"x.yaml:3:8: "train" is fast, but has to be a section with keys of its own"#, nil),
            (
                head + "network:\n  heartbeat: 5",
                #"x.yaml:4:14: "network.heartbeat" is 5, but has to be a duration from 10ms to 1h, such as 500ms, 30s, 2m or 1h"#,
                "Write the unit, too: 5s."
            ),
            (
                head + "network:\n  heartbeat: 2h",
                #"x.yaml:4:14: "network.heartbeat" is 2h, but has to be a duration from 10ms to 1h, such as 500ms, 30s, 2m or 1h"#,
                "The nearest that is allowed is 1h."
            ),
            (
                head + "network: {absence_deadline: 11m}",
                #"x.yaml:3:29: "network.absence_deadline" is 11m, longer than the round_deadline of 10m"#, nil
            ),
            (
                head + "name: ''",
                #"x.yaml:3:7: "name" is "", but has to be a text of 1 to 100 characters on one line"#, nil
            ),
            (
                head + "cohort: 3\nfraction: 0.3", #"x.yaml:3:9: "cohort" and "fraction" say the same thing twice"#,
                "Keep one of the two."
            ),
            (head + "cohort: 11", #"x.yaml:3:9: "cohort" is 11, more than the 10 clients there are"#, nil),
            (
                head + "target: {published_rounds: 34}",
                #"x.yaml:3:28: "target.published_rounds" needs an "accuracy" that was published"#, nil
            ),
            (
                head + "target: 99",
                #"x.yaml:3:9: "target" is 99, but has to be a number from 0 to 1"#, nil
            ),
            (
                head + "cohort: 5\nminimum_updates: 6",
                #"x.yaml:4:18: "minimum_updates" is 6, more than the 5 clients of a round"#, nil
            ),
            (
                head + "partition: {rule: iid, alpha: 0.5}",
                #"x.yaml:3:24: "partition.alpha" goes with rule: dirichlet or client-dirichlet only"#,
                #"Leave it out, or write "rule: dirichlet or client-dirichlet"."#
            ),
            (
                head + "partition: {rule: dirichlet, sizes: log-normal}",
                #"x.yaml:3:37: "partition.sizes" is log-normal, but has to be equal"#,
                "Leave it out."
            ),
            (
                head + "train: {optimizer: adam, momentum: 0.9}",
                #"x.yaml:3:26: "train.momentum" goes with optimizer: sgd only"#,
                #"Leave it out, or write "optimizer: sgd"."#
            ),
            (
                "rounds: 1\nclients: 60000\npartition: shards",
                #"x.yaml:2:10: "clients" is 60000, but mnist has 60000 training examples, not 2 for each"#, nil
            ),
            (
                "rounds: 1\nclients: 4\npartition: classes",
                #"x.yaml:2:10: "clients" is 4: with 2 classes each, some of the 10 classes would go to nobody"#, nil
            ),
            ("? [a]\n: b\n" + head, "x.yaml:1:3: a key is one word", nil),
            ("", "x.yaml: the file is empty", smallest), ("# only this\n", "x.yaml: the file is empty", smallest),
            ("---\n", "x.yaml: the file is empty", smallest),
            ("- a\n- b\n", "x.yaml:1:1: a scenario is a list of keys and values", smallest),
            ("rounds", "x.yaml:1:1: a scenario is a list of keys and values", smallest),
            (
                "rounds: &n 8\nclients: *n", "x.yaml:2:10: a scenario has no anchors and aliases",
                #"Write out what "*n" stands for."#
            ),
            (
                head + "train:\n\tmomentum: 0.5",
                "x.yaml:4:1: this is not YAML: found character that cannot start any token while scanning for the next token",
                syntax
            ),
            (
                head + "seed: [1",
                "x.yaml:3:7: this is not YAML: did not find expected ',' or ']' while parsing a flow sequence", syntax
            ),
            (head + "seed: *n", "x.yaml:3:7: this is not YAML: found undefined alias", syntax),
            (
                head + "---\n" + head,
                "x.yaml:3:1: this is not YAML: but found another document expected a single document in the stream",
                syntax
            ),
            ("rounds: 8\nname: a\u{1}b", "x.yaml:2:8: this is not YAML: control characters are not allowed", nil),
        ] as [(String, String, String?)]) func isAnsweredWith(text: String, what: String, remedy: String?)
    {
        let expected = remedy.map { "\(what)\n  \($0)" } ?? what
        do {
            _ = try Scenario.check(text, file: "x.yaml")
            Issue.record("this is no scenario")
        } catch {
            #expect(error.all.map(\.problem.description) == [expected])
            #expect(error.all.allSatisfy { $0.problem.kind == .data })
        }
    }

    static let smallest = #"The shortest scenario has two lines: "rounds: 100" and "clients: 10"."#
    static let syntax =
        #"Write "key: value", one key a line; the keys under another are indented by the same spaces."#

    @Test func allOfThemAreReportedInTheOrderOfTheLines() {
        let text = """
            name: x
            rouns: 8
            clients: ten
            clients: 12
            partition:
              alpha: 0.5
            train:
              batch_size: 0
            """
        let expected = """
            my.yaml:2:1: unknown key "rouns"
                 2 | rouns: 8
                   | ^^^^^
              Write "rounds".
            my.yaml:3:10: "clients" is ten, but has to be a whole number from 1 to 1000000
                 3 | clients: ten
                   |          ^^^
            my.yaml:4:1: "clients" is given twice, first in line 3
                 4 | clients: 12
                   | ^^^^^^^
              Keep one of the two.
            my.yaml:6:3: "partition.alpha" goes with rule: dirichlet or client-dirichlet only
                 6 |   alpha: 0.5
                   |   ^^^^^
              Leave it out, or write "rule: dirichlet or client-dirichlet".
            my.yaml:8:15: "train.batch_size" is 0, but has to be a whole number from 1 to 1000000, or all
                 8 |   batch_size: 0
                   |               ^
              The nearest that is allowed is 1.
            """
        do {
            _ = try Scenario.check(text, file: "my.yaml")
            Issue.record("this is no scenario")
        } catch {
            #expect(error.report == expected)
            #expect(
                error.first.description == """
                    my.yaml:2:1: unknown key "rouns"
                      Write "rounds".
                      The file has 4 other problems: fed check my.yaml
                    """)
        }
    }

    /// What is quoted is safe to print, and short.
    @Test func quotesAreClean() {
        let long = String(repeating: "x", count: 5_000)
        for text in ["rounds: 8\nclients: 10\nname: [\u{202E}\u{9B}31m \(long)]", "rounds: 8\nclients: \(long)"] {
            do {
                _ = try Scenario.check(text, file: "x.yaml")
                Issue.record("this is no scenario")
            } catch {
                #expect(error.report.count < 600)
                #expect(!error.report.unicodeScalars.contains("\u{202E}"))
                #expect(!error.report.unicodeScalars.contains("\u{9B}"))
            }
        }
    }
}
