import Diagnostics
import Programs
import Testing

@Suite struct OpenFilesTests {
    @Test("What finds no room is told with the numbers and what to do")
    func shortage() throws {
        let limit = OpenFiles.reserve + 100
        #expect(OpenFiles.shortage(of: 100, for: "100 connections", limit: limit, remedy: "ask for fewer") == nil)
        let problem = try #require(
            OpenFiles.shortage(of: 101, for: "101 connections", limit: limit, remedy: "ask for fewer"))
        #expect(problem.kind == .unavailable)
        #expect(
            problem.what.hasPrefix("101 connections take 101 open files") && problem.what.hasSuffix("have \(limit)"))
        #expect(problem.remedy?.contains("ulimit -Hn \(limit + 1)") == true)
        #expect(problem.remedy?.contains("LimitNOFILE=\(limit + 1)") == true)
        #expect(problem.remedy?.hasSuffix("or ask for fewer") == true)
    }
}
