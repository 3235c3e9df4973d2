import Testing
import Transport
import Wire

@Suite struct ConnectionCountTests {
    private static var limits: WireLimits {
        var limits = WireLimits()
        limits.connections = 5
        limits.connectionsPerAddress = 2
        return limits
    }

    @Test("One address has so many connections and no more, until one of them ends")
    func perAddress() {
        let count = ConnectionCount(limits: Self.limits)
        #expect(count.enter("192.0.2.1") == nil && count.enter("192.0.2.1") == nil)
        let refusal = count.enter("192.0.2.1")
        #expect(refusal?.code == .tooManyConnections && refusal?.text.contains("192.0.2.1") == true)
        #expect(count.enter("192.0.2.2") == nil)
        // Who is refused is counted as long as it is told so.
        count.leave("192.0.2.1")
        count.leave("192.0.2.1")
        #expect(count.enter("192.0.2.1") == nil)
    }

    @Test("All addresses together have so many and no more; this machine's own are bounded by that alone")
    func inAll() {
        let count = ConnectionCount(limits: Self.limits)
        for _ in 0..<5 { #expect(count.enter("127.0.0.1") == nil) }
        #expect(count.enter("::1")?.code == .tooManyConnections)
        count.leave("::1")
        count.leave("127.0.0.1")
        #expect(count.enter("192.0.2.7") == nil)
    }
}
