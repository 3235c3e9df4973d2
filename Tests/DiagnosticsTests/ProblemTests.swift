import Diagnostics
import Testing

struct ProblemTests {
    @Test("Place and remedy are shown where they are known")
    func description() {
        let what = "unknown key \"rouns\""
        #expect("\(Problem(.data, what))" == "unknown key \"rouns\"")
        #expect("\(Problem(.data, what, at: "my.yaml:12"))" == "my.yaml:12: unknown key \"rouns\"")
        #expect("\(Problem(.data, what, remedy: "write rounds"))" == "unknown key \"rouns\"\n  write rounds")
        #expect(
            "\(Problem(.data, what, at: "my.yaml:12", remedy: "write rounds"))"
                == "my.yaml:12: unknown key \"rouns\"\n  write rounds")
    }

    @Test("An error that is caught as any error describes itself the same way")
    func existential() {
        let error: any Error = Problem(.noInput, "there is no such file", at: "a.yaml", remedy: "look for it")
        #expect("\(error)" == "a.yaml: there is no such file\n  look for it")
    }

    @Test("A kind is its exit status in sysexits.h")
    func kinds() {
        #expect(Problem.Kind.usage.rawValue == 64)
        #expect(Problem.Kind.data.rawValue == 65)
        #expect(Problem.Kind.noInput.rawValue == 66)
        #expect(Problem.Kind.unavailable.rawValue == 69)
        #expect(Problem.Kind.software.rawValue == 70)
    }

    @Test("Problems are equal when all their parts are")
    func equality() {
        let problem = Problem(.data, "what", at: "place", remedy: "remedy")
        #expect(problem == Problem(.data, "what", at: "place", remedy: "remedy"))
        #expect(problem != Problem(.usage, "what", at: "place", remedy: "remedy"))
        #expect(problem != Problem(.data, "other", at: "place", remedy: "remedy"))
        #expect(problem != Problem(.data, "what", remedy: "remedy"))
        #expect(problem != Problem(.data, "what", at: "place"))
    }
}
