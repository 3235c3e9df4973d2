import Foundation
import Glibc
import TestSupport
import Testing
import Transport
import Wire

struct ConnectorTests {
    /// A port that lets nobody in: its queue of connections is full, and nobody takes any out.
    private struct FullPort: ~Copyable {
        let number: UInt16
        private let descriptors: [Int32]

        init() throws {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var opened = [server]
            try withUnsafeMutablePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    try #require(bind(server, address, size) == 0)
                    try #require(listen(server, 0) == 0)
                    try #require(getsockname(server, address, &size) == 0)
                    for _ in 0..<4 {
                        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                        opened.append(client)
                        _ = Glibc.connect(client, address, size)
                    }
                }
            }
            descriptors = opened
            number = UInt16(bigEndian: address.sin_port)
        }

        deinit {
            for descriptor in descriptors { close(descriptor) }
        }

        /// The number of connections to the port that wait for an answer, in the kernel's table.
        static func waiting(at number: UInt16) throws -> Int {
            let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
            let port = String(number, radix: 16, uppercase: true)
            let place = ":" + String(repeating: "0", count: 4 - port.count) + port
            return table.split(separator: "\n").map { $0.split(separator: " ") }
                .count { $0.count > 3 && $0[2].hasSuffix(place) && $0[3] == "02" }
        }
    }

    @Test("A task that is cancelled does not go on connecting")
    func cancellation() async throws {
        let port = try FullPort()
        let number = port.number
        let before = try FullPort.waiting(at: number)
        var limits = WireLimits()
        limits.greetingTimeout = .seconds(120)
        let task = Task { [limits] in
            try await Connector.withConnection(
                to: Endpoint(host: "127.0.0.1", port: Int(number)), limits: limits
            ) { _, _ in }
        }
        try await eventually { try FullPort.waiting(at: number) > before }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(30))
        extendLifetime(port)
    }
}
