import Foundation
import Parameters
import TestSupport
import Testing
import Wire

/// The protocol's description says what the code does.
@Suite struct ProtocolTests {
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let text: String

    init() throws {
        text = try String(contentsOfFile: Repository.path("Sources/Wire/Wire.docc/Protocol.md"), encoding: .utf8)
    }

    private func rows(_ beginning: String) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix(beginning) }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
    }

    @Test func everyMessageIsListed() {
        let listed = rows("| 0x").map { "\($0[0]) \($0[1])" }
        let known = MessageType.allCases.map { type in
            "0x\(Hexadecimal.text([type.rawValue])) \(type)"
        }
        #expect(listed == known)
        for type in MessageType.allCases {
            let heading = "\(type) (0x\(Hexadecimal.text([type.rawValue])))"
            #expect(text.contains(heading), "no section for \(heading)")
        }
    }

    @Test func everyErrorIsListed() throws {
        let table = try #require(text.components(separatedBy: "## Errors").last?.components(separatedBy: "\n## ").first)
        for code in WireError.Code.allCases {
            let line = try #require(
                table.split(separator: "\n").first { $0.hasPrefix("| \(code.rawValue) | `\(code)` |") },
                "\(code) is not listed")
            #expect(line.hasSuffix("| \(code.remedy) |"), "\(code) has another remedy")
        }
        #expect(table.split(separator: "\n").filter { $0.hasPrefix("| ") }.count == WireError.Code.allCases.count + 2)
    }

    @Test func limitsAreThoseOfTheCode() {
        let limits = WireLimits.default
        for (what, value) in [
            ("payload of a frame before the coordinator has sent `Welcome`", limits.greetingPayload),
            ("payload afterwards, unless less was agreed", limits.framePayload),
            ("least `maxFramePayload` that a side may offer", WireLimits.minimumFramePayload),
            ("data bytes in a chunk", limits.chunkSize), ("clients in `Hello`", WireLimits.helloClients),
            ("clients in `Hello.tokens`, `Proof`, `Confirmation`", WireLimits.provedClients),
            ("clients in `Welcome`", WireLimits.assignedClients),
            ("clients in one `Ready`, one `Invitation`", WireLimits.clientsPerMessage),
        ] {
            let row = rows("| \(what) |").first
            #expect(row?[1].replacingOccurrences(of: ",", with: "").contains("\(value)") == true, "\(what)")
        }
        #expect(rows("| `name`, `text` |").first?[1] == "255, 4,096 bytes")
        #expect(WireLimits.nameBytes == 255 && WireLimits.textBytes == 4096)
        #expect(limits.greetingTimeout == .seconds(10) && limits.transferTimeout == .seconds(30))
        #expect(limits.heartbeat == .seconds(5) && limits.silenceTimeout == .seconds(15))
    }

    /// The byte vectors, and the session in the description, are those that an independent program makes.
    @Test(.enabled(if: python != nil, "there is no python3 to make the byte vectors anew"))
    func vectorsAreTheScripts() async throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = ["\(Golden.folder)/make_golden.py", "--check"]
        let pipe = Pipe()
        process.standardError = pipe
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let complaint = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(status == 0, "\(complaint)")
    }
}
