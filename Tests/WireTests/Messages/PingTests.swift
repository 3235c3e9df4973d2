import Testing
import Wire

@Suite struct PingTests {
    @Test func golden() throws {
        try Golden.check("ping", .ping(Ping(nonce: 0x0123_4567_89AB_CDEF)))
    }
}
